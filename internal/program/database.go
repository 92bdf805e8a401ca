package program

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// account is the user of a PostgreSQL that was started here.
const account = "cutover"

// DatabaseOptions say how to start a PostgreSQL or a Redis whose data nobody
// needs once it has ended.
type DatabaseOptions struct {
	Program  Program
	Dir      string // an existing folder for the server's own files
	Password string // of its only user, who may do everything
	Log      io.Writer
}

// StartPostgres makes a PostgreSQL cluster in o.Dir, starts its server on a
// free port of loopback and waits until it is ready or ctx ends. The server's
// URL is that of the database "postgres", with user and password. It runs until
// ctx ends or it is stopped, never as root.
func StartPostgres(ctx context.Context, o DatabaseOptions) (*Server, error) {
	if err := initdb(ctx, o); err != nil {
		return nil, err
	}
	s, err := startDatabase(ctx, o, func(host, port string) Command {
		return Command{
			Args: []string{
				"-D", filepath.Join(o.Dir, "data"), "-h", host, "-p", port, "-k", "",
				"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
			},
			Ready: regexp.MustCompile(`database system is ready to accept connections`),
			// SIGTERM would wait for the clients to leave.
			Interrupt: syscall.SIGINT,
		}
	})
	if err != nil {
		return nil, err
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(account, o.Password),
		Host: s.Address, Path: "/postgres", RawQuery: "sslmode=disable",
	}
	s.URL = u.String()
	return s, nil
}

// initdb makes the cluster o.Dir/data.
func initdb(ctx context.Context, o DatabaseOptions) error {
	initdb, err := o.Program.Beside("initdb")
	if err != nil {
		return err
	}
	secret := filepath.Join(o.Dir, "password")
	if err := os.WriteFile(secret, []byte(o.Password+"\n"), 0o644); err != nil { // a user without root reads it
		return err
	}
	process, err := Start(ctx, Command{
		Program: initdb,
		Args: []string{
			"-D", filepath.Join(o.Dir, "data"), "--username=" + account, "--pwfile=" + secret,
			"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
		},
		Env: plainEnv(), Dir: o.Dir, Log: o.Log, Unprivileged: true,
	})
	if err != nil {
		return err
	}
	return process.Wait()
}

// StartRedis starts a Redis that keeps nothing on disk, as [StartPostgres]
// starts a PostgreSQL. Its URL is that of database 0.
func StartRedis(ctx context.Context, o DatabaseOptions) (*Server, error) {
	s, err := startDatabase(ctx, o, func(host, port string) Command {
		return Command{
			Args:  []string{"--bind", host, "--port", port, "--requirepass", o.Password, "--save", "", "--dir", o.Dir},
			Ready: regexp.MustCompile(`Ready to accept connections`),
		}
	})
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "redis", User: url.UserPassword("default", o.Password), Host: s.Address, Path: "/0"}
	s.URL = u.String()
	return s, nil
}

// plainEnv makes the servers speak English and keep UTC, whatever the machine
// is set to.
func plainEnv() []string { return []string{"LC_ALL=C", "TZ=GMT"} }

// attempts is how many ports are tried: these servers can't choose one
// themselves, and somebody may take one between its choice and its use.
const attempts = 5

// startDatabase starts a server that takes its port as a flag, and waits until
// it is ready.
func startDatabase(ctx context.Context, o DatabaseOptions, command func(host, port string) Command) (*Server, error) {
	var err error
	for range attempts {
		var address string
		if address, err = freeAddress(ctx); err != nil {
			return nil, err
		}
		host, port, _ := net.SplitHostPort(address) // the system wrote it
		c := command(host, port)
		c.Program, c.Env, c.Dir, c.Unprivileged = o.Program, plainEnv(), o.Dir, true
		beginning := &beginning{log: o.Log}
		c.Log = beginning
		var process *Process
		if process, err = Start(ctx, c); err != nil {
			return nil, err
		}
		if err = awaitStart(ctx, process); err == nil {
			return &Server{Process: process, Address: address}, nil
		}
		_ = process.Stop() // err says more than how it ended
		if !beginning.has("Address already in use") {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no free port in %d attempts: %w", attempts, err)
}

func awaitStart(ctx context.Context, p *Process) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	_, err := p.Await(ctx)
	return err
}

// freeAddress is a host:port on loopback where nothing listened a moment ago.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// maxBeginning is how much of a log is remembered, in bytes.
const maxBeginning = 64 << 10

// beginning passes a log on and remembers how it begins. It may be read once
// the process has ended.
type beginning struct {
	log  io.Writer
	text []byte
}

// Write implements [io.Writer].
func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), maxBeginning-len(b.text))]...)
	if b.log != nil {
		_, _ = b.log.Write(p) // the program must not stand still
	}
	return len(p), nil
}

func (b *beginning) has(text string) bool { return bytes.Contains(b.text, []byte(text)) }
