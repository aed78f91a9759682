package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	lockName = ".rookery.lock"
	poll     = 200 * time.Millisecond
	sayEvery = 10 * time.Second
)

// A volume that is taken: no other launcher has it while one of these files is open, in this
// process or in one that inherited them. The kernel frees it, whatever way the last one ended.
type taken struct {
	folder int
	file   int
	path   string
}

// Take waits until the volume is free, and takes it.
func take(folder string, ending <-chan os.Signal) (taken, error) {
	begun, said := time.Now(), time.Time{}
	for {
		found, err := attempt(folder)
		if err == nil {
			return found, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return taken{}, err
		}
		if time.Since(said) >= sayEvery {
			say(slog.LevelInfo, "waiting for the volume",
				slog.String("volume", folder),
				slog.String("held_by", holder(filepath.Join(folder, lockName))),
				slog.Int("waited_seconds", int(time.Since(begun).Seconds())))
			said = time.Now()
		}
		select {
		case number := <-ending:
			return taken{}, ended(number)
		case <-time.After(poll):
		}
	}
}

// Attempt takes the volume now; EWOULDBLOCK where another one has it.
//
// Two locks: that of the folder holds even where somebody removes the file, that of the file
// also where the file system is one that several nodes share.
func attempt(folder string) (taken, error) {
	path := filepath.Join(folder, lockName)
	outer, err := locked(folder, syscall.O_RDONLY|syscall.O_DIRECTORY)
	if err != nil {
		return taken{}, err
	}
	inner, err := locked(path, syscall.O_RDWR|syscall.O_CREAT|syscall.O_NOFOLLOW|syscall.O_NONBLOCK)
	if err != nil {
		syscall.Close(outer)
		return taken{}, err
	}
	found := taken{outer, inner, path}
	var held, named syscall.Stat_t
	switch {
	case syscall.Fstat(inner, &held) != nil || held.Mode&syscall.S_IFMT != syscall.S_IFREG:
		err = fmt.Errorf("%s is no file: remove it, nothing of it is needed", path)
	case syscall.Lstat(path, &named) != nil || named.Ino != held.Ino || named.Dev != held.Dev:
		// Somebody put another file there after this one was opened.
		err = syscall.EWOULDBLOCK
	default:
		return found, nil
	}
	return taken{}, errors.Join(err, found.release())
}

func locked(path string, mode int) (int, error) {
	// Without O_CLOEXEC: the server inherits it.
	descriptor, err := syscall.Open(path, mode, 0o660)
	if err != nil {
		return -1, fmt.Errorf("the volume cannot be locked: open %s: %w; it has to be writable for this user", path, err)
	}
	if err := syscall.Flock(descriptor, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		syscall.Close(descriptor)
		return -1, fmt.Errorf("the volume cannot be locked: flock %s: %w; its file system has to have locks", path, err)
	}
	return descriptor, nil
}

func (t taken) release() error {
	return errors.Join(syscall.Close(t.file), syscall.Close(t.folder))
}

// Ended is how a shell tells of a program that a signal ended.
func ended(number os.Signal) error {
	code := 128
	if known, ok := number.(syscall.Signal); ok {
		code += int(known)
	}
	return failure{code, fmt.Sprintf("asked to end (%v) before the volume was taken", number)}
}
