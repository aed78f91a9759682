// Launcher starts a server that must be the only one on its volume.
//
//	launcher prepare --volume DIR --into DIR    puts itself into the second folder, then waits
//	                                            until no other server has the volume
//	launcher run --volume DIR -- COMMAND ...    takes the volume, then becomes the command,
//	                                            which holds the volume for as long as it lives;
//	                                            with --secret NAME, which may be given again, it
//	                                            refuses where that variable is missing or blank
//
// Both say in one JSON line, and every ten seconds again, who has the volume while they wait.
// SIGTERM, SIGINT and SIGHUP end the wait at once.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

const usage = "launcher prepare --volume DIR --into DIR | launcher run --volume DIR [--secret NAME] -- COMMAND ..."

// As a shell has them: a wrong command line, a command that cannot be run, one that is not there.
const (
	wrongUsage    = 2
	notExecutable = 126
	notFound      = 127
	// As every program of Rookery ends where the same input can never work.
	refused = 42
)

// A failure ends the launcher with its code.
type failure struct {
	code int
	said string
}

func (f failure) Error() string { return f.said }

func main() {
	ending := make(chan os.Signal, 1)
	signal.Notify(ending, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	if err := launch(os.Args[1:], ending); err != nil {
		code := 1
		var known failure
		if errors.As(err, &known) {
			code = known.code
		}
		say(slog.LevelError, "failed", slog.String("reason", err.Error()), slog.Int("exit", code))
		os.Exit(code)
	}
}

func launch(arguments []string, ending <-chan os.Signal) error {
	if len(arguments) == 0 {
		return failure{wrongUsage, "no command: " + usage}
	}
	options := flag.NewFlagSet(arguments[0], flag.ContinueOnError)
	options.Usage = func() {}
	folder := options.String("volume", "", "where the volume is mounted")
	into := options.String("into", "", "the folder that the launcher is put into")
	var secrets []string
	options.Func("secret", "a variable that must not be blank", func(name string) error {
		secrets = append(secrets, name)
		return nil
	})
	if err := options.Parse(arguments[1:]); err != nil {
		return failure{wrongUsage, err.Error() + ": " + usage}
	}
	command := options.Args()
	switch {
	case arguments[0] == "prepare" && *folder != "" && *into != "" && len(command)+len(secrets) == 0:
		return prepare(*folder, *into, ending)
	case arguments[0] == "run" && *folder != "" && *into == "" && len(command) > 0:
		if err := given(secrets); err != nil {
			return err
		}
		return run(*folder, command, ending)
	}
	return failure{wrongUsage, "not understood: " + usage}
}

// Given says whether every secret is there. A server without its own would fall back to one that
// everybody knows: MinIO to minioadmin.
func given(secrets []string) error {
	for _, name := range secrets {
		if strings.TrimSpace(os.Getenv(name)) == "" {
			return failure{refused, name + " is missing or blank, and would keep nobody out: " +
				"give the key of the Secret a value"}
		}
	}
	return nil
}

func prepare(folder, into string, ending <-chan os.Signal) error {
	if err := install(into); err != nil {
		return err
	}
	found, err := take(folder, ending)
	if err != nil {
		return err
	}
	say(slog.LevelInfo, "the volume is free", slog.String("volume", folder))
	// Free again: the lock is for the server, in another container of this pod.
	return found.release()
}

func run(folder string, command []string, ending <-chan os.Signal) error {
	program, err := exec.LookPath(command[0])
	if err != nil {
		return unusable(command[0], err)
	}
	found, err := take(folder, ending)
	if err != nil {
		return err
	}
	found.sign()
	say(slog.LevelInfo, "the volume is taken", slog.String("volume", folder))
	select {
	case number := <-ending:
		return ended(number)
	default:
	}
	// The two open files stay open in the program, and in every child that it starts.
	return unusable(program, syscall.Exec(program, command, os.Environ()))
}

func unusable(program string, err error) error {
	code := notExecutable
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		code = notFound
	}
	return failure{code, fmt.Sprintf("%s cannot be run: %v; name a program of the image", program, err)}
}
