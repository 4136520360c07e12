"""The operations, by what they are about; each router is made of the services it needs."""
