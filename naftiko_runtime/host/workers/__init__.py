"""Several processes that share sockets: a parent that watches over its workers, and how they talk."""
