"""Enumerations with their presentation: the label, icon and look by which pages show them."""

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """Base of enumerations whose members are a value and its English label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Create a member with its label; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class PresentedState(StrEnum):
    """Base of enumerations of states: a member is its value, English label, icon and CSS look."""

    label: str
    icon: str
    look: str

    def __new__(cls, value: str, label: str = "", icon: str = "", look: str = "") -> Self:
        """Create a state with its presentation; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.icon, member.look = label, icon, look
        return member
