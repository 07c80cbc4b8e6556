"""Every server that is wrong on purpose: `--server wrong_servers.servers:SERVERS[NAME]`, `--table wrong_servers.tables:TABLES[NAME]`."""
