"""The calls of the API: each handler carries out one checked call. Their rows are in `http.table`."""
