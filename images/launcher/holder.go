package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"
)

const unknown = "unknown"

// What the lock's file says. It is for people: the lock itself is the kernel's, so what a killed
// server left in the file means nothing.
type signature struct {
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"`
}

// Sign writes the name of this pod into the lock's file.
func (t taken) sign() {
	line, err := json.Marshal(signature{hostname(), time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		line = append(line, '\n')
		// Written before it is cut: who reads meanwhile finds a whole first line.
		_, err = syscall.Pwrite(t.file, line, 0)
	}
	if err == nil {
		err = syscall.Ftruncate(t.file, int64(len(line)))
	}
	if err != nil {
		// A full volume must not keep the server away that can make room on it.
		say(slog.LevelWarn, "the volume's lock does not name its holder",
			slog.String("file", t.path), slog.String("reason", err.Error()))
	}
}

// Holder is who took the volume last, as far as the file says so.
func holder(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return unknown
	}
	line, _, _ := bytes.Cut(content, []byte("\n"))
	var found signature
	if json.Unmarshal(line, &found) != nil || found.Holder == "" {
		return unknown
	}
	return fmt.Sprintf("%s since %s", found.Holder, found.Since.Format(time.RFC3339))
}

// Hostname is the name of the pod.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return unknown
	}
	return name
}
