"""What passes to templates and between processes: nothing with behaviour of its own."""

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]
Data = dict[str, Plain]
