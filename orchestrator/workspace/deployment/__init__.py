"""What a bundle deploys, as settings that have a state: files, schemas, volumes, pipelines, jobs, permissions, runs."""
