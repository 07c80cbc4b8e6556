"""Who runs the jobs: processes of this machine, by way of a launcher that outlives the server."""
