"""Calls the functions that the model asks for."""

import asyncio


class FunctionHandler:
    def __init__(self, realtime_websocket):
        self.realtime_websocket = realtime_websocket
        self.functions = {}

    def register_function(self, name, func):
        self.functions[name] = func

    def get_registered_functions(self):
        return list(self.functions)

    async def call(self, name, arguments):
        function = self.functions[name]
        return await function(arguments) if asyncio.iscoroutinefunction(function) else function(arguments)
