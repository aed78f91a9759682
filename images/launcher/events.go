package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
)

// One JSON line an event on standard error, as every program of Rookery writes them.
var log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: named}))

func named(_ []string, attribute slog.Attr) slog.Attr {
	switch attribute.Key {
	case slog.TimeKey:
		attribute.Key, attribute.Value = "timestamp", slog.TimeValue(attribute.Value.Time().UTC())
	case slog.LevelKey:
		attribute.Value = slog.StringValue(strings.ToLower(attribute.Value.String()))
	case slog.MessageKey:
		attribute.Key = "event"
	}
	return attribute
}

func say(level slog.Level, event string, facts ...slog.Attr) {
	log.LogAttrs(context.Background(), level, event, facts...)
}
