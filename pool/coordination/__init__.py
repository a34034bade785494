"""The room of those who look after a Handlungsfeld or are asked to rate: reads everything, calls earlier actions."""
