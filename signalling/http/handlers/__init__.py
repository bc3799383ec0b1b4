"""The handlers of the API: each carries out one checked call. Their rows are in `http.table`."""
