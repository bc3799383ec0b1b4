"""How two browsers find each other: ICE servers and their time-limited credentials."""
