package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	itself = "/proc/self/exe"
	name   = "launcher"
)

// Install puts this very program into a folder, where another container can run it.
func install(folder string) error {
	if err := replace(filepath.Join(folder, name)); err != nil {
		return fmt.Errorf("the launcher cannot be put into %s: %w; it has to be writable for this user", folder, err)
	}
	return nil
}

// Replace puts it there whole, by a rename: after a restart of the node the old one is there, and
// one that is being run cannot be written to.
func replace(target string) error {
	source, err := os.Open(itself)
	if err != nil {
		return err
	}
	defer source.Close()
	fresh, err := os.CreateTemp(filepath.Dir(target), ".new-")
	if err != nil {
		return err
	}
	_, err = io.Copy(fresh, source)
	err = errors.Join(err, fresh.Chmod(0o555), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), target)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(fresh.Name()))
	}
	return err
}
