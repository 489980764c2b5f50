"""Profiles for tests: the least that one can say, and nearly everything."""

from __future__ import annotations

from typing import Any

PLAIN: dict[str, Any] = {
    "name": "mine",
    "title": "Mine",
    "chip": "esp32",
    "flash": 4,
    "readers": [{"kind": "plain", "uart": 2, "rx": 16, "tx": 17, "baud": 9600}],
    "relays": [{"pin": 26, "safe": "low", "bias": "down"}],
    "lanes": [{"readers": [0], "relays": [0]}],
    "inputs": {"fire": {"pin": 27, "active": "high", "pull": "up"}},
}

RICH: dict[str, Any] = {
    "name": "rich",
    "title": "Rich",
    "chip": "esp32",
    "flash": 16,
    "readers": [
        {"kind": "gm65", "uart": 1, "rx": 18, "tx": 19, "baud": 115200},
        {"kind": "plain", "uart": 2, "rx": 4, "tx": 13, "baud": 9600},
    ],
    "relays": [
        {"pin": 26, "safe": "low", "bias": "down", "driver": "transistor"},
        {"pin": 25, "safe": "high", "bias": "up", "driver": "opto"},
    ],
    "lanes": [
        {
            "readers": [0],
            "relays": [0],
            "passage": {"pin": 14, "active": "low", "pull": "up"},
            "door": {"pin": 35, "active": "high", "resistor": "up"},
        },
        {
            "readers": [1],
            "relays": [1],
            "request_to_exit": {"pin": 36, "active": "low", "resistor": "up"},
        },
    ],
    "inputs": {
        "fire": {"pin": 27, "active": "high", "pull": "up"},
        "lock": {"pin": 39, "active": "high", "resistor": "down"},
    },
    "lamp": {"ws2812": {"pin": 2, "count": 8}},
    "buzzer": {"pin": 12, "on": "high", "tone": True},
    "i2c": {"bus": 0, "scl": 22, "sda": 21, "resistors": True},
    "spi": {"bus": 1, "sck": 33, "mosi": 32, "hz": 40_000_000},
    "display": {
        "kind": "st7789", "cs": 5, "dc": 15, "backlight": 0,
        "width": 240, "height": 240, "y": 80, "rotation": 2,
    },
    "rtc": {"kind": "ds3231"},
    "network": {"kind": "wifi"},
}  # fmt: skip
