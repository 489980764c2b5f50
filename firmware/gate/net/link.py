"""Brings up what a board has of a network. Nothing waits for it: whoever needs it looks again."""

import network
from machine import SPI, Pin


class Link:
    """wiring: board.NETWORK. wifi: {"ssid", "password"}, where it is that. up(): whether it is."""

    def __init__(self, wiring, wifi):
        if wiring[0] == "wifi":
            station = network.WLAN(network.STA_IF)
            self.up = station.isconnected
            station.active(True)
            station.connect(wifi["ssid"], wifi["password"])  # goes on trying by itself
        else:
            cable = network.LAN(**_cable(wiring))  # type: ignore[arg-type] # stubs lack arguments
            self.up = cable.isconnected
            cable.active(True)


def _cable(wiring):
    """Arguments of network.LAN."""
    kind = wiring[0]
    if kind == "lan8720":
        address, mdc, mdio, power, clock, gives = wiring[1:]
        return {
            "phy_type": network.PHY_LAN8720,
            "phy_addr": address,
            "mdc": Pin(mdc),
            "mdio": Pin(mdio),
            "power": None if power is None else Pin(power),
            "ref_clk": Pin(clock),
            "ref_clk_mode": Pin.OUT if gives else Pin.IN,
        }
    if kind == "w5500":
        bus, sck, mosi, miso, cs, interrupt = wiring[1:7]
        return {
            "phy_type": network.PHY_W5500,
            "phy_addr": 0,
            "spi": SPI(bus, sck=Pin(sck), mosi=Pin(mosi), miso=Pin(miso)),
            "cs": Pin(cs),
            "int": None if interrupt is None else Pin(interrupt),
        }
    raise ValueError("no network of the kind %r" % kind)
