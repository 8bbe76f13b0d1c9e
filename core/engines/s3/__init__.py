"""A storage that is a bucket of any S3-compatible store: SigV4 over plain sockets, standard library only."""
