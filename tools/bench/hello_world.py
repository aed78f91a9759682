"""Runs FastAPI's first example on the server settings of the API: what a framework alone can do."""

import sys

import uvicorn
from fastapi import FastAPI


def create_hello() -> FastAPI:
    """Makes an application with one route, which answers a constant."""
    app = FastAPI()

    @app.get("/")
    async def hello() -> dict[str, str]:
        return {"message": "Hello World"}

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_hello(),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
    )
