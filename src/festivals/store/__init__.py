"""The platform's data: tables and their migrations, statements by aggregate, the cache, the job queue."""
