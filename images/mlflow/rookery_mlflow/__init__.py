"""What the MLflow image adds to MLflow: its pod is prepared, and asked whether it is ready."""
