"""Takes a name on the session bus and never answers anybody who calls it."""
import sys

from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

connection = open_dbus_connection("SESSION")
connection.send_and_get_reply(message_bus.RequestName(sys.argv[1]))
print("ready", flush=True)
while True:
    connection.receive()
