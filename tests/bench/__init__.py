"""What a relayed message, a join and an idle connection cost, beside a bare aiohttp relay in the same run."""
