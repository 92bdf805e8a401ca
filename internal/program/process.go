package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Command is a program to run.
type Command struct {
	Program Program
	Args    []string
	Env     []string  // added to this process's environment
	Dir     string    // the working folder; empty: this process's
	Log     io.Writer // gets stdout and stderr; nil: nobody does

	// Unprivileged asks, where this process is root, for the user nobody
	// instead. Dir is then given to that user; a program that user can't reach
	// is linked into Dir. Elsewhere it changes nothing.
	Unprivileged bool
	// Ready matches the line of output that [Process.Await] waits for.
	Ready *regexp.Regexp
	// Interrupt ends the program. Nil: SIGTERM.
	Interrupt os.Signal
	// Grace is how long the program may take to end before it is killed. 0:
	// ten seconds.
	Grace time.Duration
}

const defaultGrace = 10 * time.Second

// Process is a running program.
type Process struct {
	name   string
	output *output
	cancel context.CancelFunc
	done   chan struct{}
	err    error // how it ended; set before done is closed
}

// ErrKilled is wrapped by what [Process.Wait] returns when the program did not
// end within its grace and was killed.
var ErrKilled = errors.New("did not end when asked to, and was killed")

// Start runs a program in a process group of its own. When ctx ends, or at
// [Process.Stop], the whole group is told to end, and what remains of it after
// the grace is killed. Should this process die without a word, Linux kills the
// program too.
func Start(ctx context.Context, c Command) (*Process, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &Process{
		name:   string(c.Program.Tool),
		output: newOutput(c.Log, c.Ready),
		cancel: cancel,
		done:   make(chan struct{}),
	}
	cmd, err := p.prepare(ctx, c)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	started := make(chan error, 1)
	go p.run(ctx, cmd, started)
	if err := <-started; err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return p, nil
}

func (p *Process) prepare(ctx context.Context, c Command) (*exec.Cmd, error) {
	attr := processAttributes()
	if c.Unprivileged && privileged() {
		nobody, err := nobody()
		if err != nil {
			return nil, err
		}
		if c.Program, err = nobody.takeOver(c.Program, c.Dir); err != nil {
			return nil, err
		}
		nobody.become(attr)
		c.Env = append(c.Env, "HOME="+c.Dir)
	}
	cmd := exec.CommandContext(ctx, c.Program.Path, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = append(append(cmd.Environ(), c.Program.libraries()...), c.Env...)
	cmd.SysProcAttr = attr
	cmd.WaitDelay = c.Grace
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = defaultGrace
	}
	cmd.Cancel = func() error { return interruptGroup(cmd.Process, c.Interrupt) }
	return cmd, nil
}

// run starts the program and waits for its end. Linux ends a child with the
// thread that started it, so one thread does both.
func (p *Process) run(ctx context.Context, cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	reader, err := p.startWithPipe(cmd)
	started <- err
	if err != nil {
		return
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(p.output, reader) // ends with the pipe's last writer
	}()
	err = cmd.Wait()
	killGroup(cmd.Process) // what the program started and left behind
	// A process that left the group may hold the pipe for ever.
	_ = reader.SetReadDeadline(time.Now().Add(cmd.WaitDelay))
	<-copied
	_ = reader.Close()
	p.end(ctx, cmd, err)
}

// startWithPipe starts the program with its output to a pipe. Were the pipe
// exec.Cmd's own, its Wait would wait for processes that the program left
// behind.
func (p *Process) startWithPipe(cmd *exec.Cmd) (*os.File, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	err = cmd.Start()
	_ = writer.Close() // the program has its own
	if err != nil {
		_ = reader.Close()
		return nil, err
	}
	return reader, nil
}

func (p *Process) end(ctx context.Context, cmd *exec.Cmd, err error) {
	switch asked := ctx.Err() != nil; {
	case asked && !cmd.ProcessState.Exited() && killed(cmd.ProcessState):
		p.err = fmt.Errorf("%s: %w", p.name, ErrKilled)
	case !asked && err != nil:
		p.err = fmt.Errorf("%s ended: %w: %.500s", p.name, err, p.output.lastLine())
	}
	p.cancel()
	close(p.done)
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the program's end. It returns nil for a program that ended
// well, or that was asked to end and did; otherwise how it ended.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Stop asks the program to end and waits for that, as [Process.Wait] does.
// Stopping twice, or a program that has ended, is fine.
func (p *Process) Stop() error {
	p.cancel()
	return p.Wait()
}

// Await waits until the program has written a line that matches
// [Command.Ready] and returns the line's submatches. It fails when the program
// ends first, or ctx does.
func (p *Process) Await(ctx context.Context) ([]string, error) {
	select {
	case <-p.output.matched:
		return p.output.match, nil
	default:
	}
	select {
	case <-p.output.matched:
		return p.output.match, nil
	case <-p.done:
		return nil, p.endedEarly()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for %s to be ready: %w", p.name, context.Cause(ctx))
	}
}

func (p *Process) endedEarly() error {
	if p.err != nil {
		return p.err
	}
	return fmt.Errorf("%s ended before it was ready: %.500s", p.name, p.output.lastLine())
}

// libraries is the environment in which an unpacked program finds the shared
// libraries unpacked with it.
func (p Program) libraries() []string {
	if p.Root == "" {
		return nil
	}
	var dirs []string
	for _, pattern := range []string{"usr/lib/*-linux-*", "lib/*-linux-*"} {
		matches, _ := filepath.Glob(filepath.Join(p.Root, pattern)) // the patterns are well-formed
		dirs = append(dirs, matches...)
	}
	return []string{"LD_LIBRARY_PATH=" + strings.Join(dirs, string(filepath.ListSeparator))}
}

// maxLine bounds how much of a line is looked at, in bytes.
const maxLine = 16 << 10

// output passes a program's output on, watches for one line and remembers the
// last.
type output struct {
	mu      sync.Mutex
	log     io.Writer
	pattern *regexp.Regexp // nil once it matched
	line    []byte         // the beginning of the line being written
	last    string         // the last line that was not blank
	matched chan struct{}  // closed once a line matched
	match   []string       // its submatches; set before matched is closed
}

func newOutput(log io.Writer, pattern *regexp.Regexp) *output {
	if log == nil {
		log = io.Discard
	}
	return &output{log: log, pattern: pattern, matched: make(chan struct{})}
}

// Write implements [io.Writer]. It never fails: a program whose output nobody
// takes would stand still.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for rest := b; len(rest) > 0; {
		part, after, complete := bytes.Cut(rest, []byte("\n"))
		rest = after
		o.line = append(o.line, part[:min(len(part), maxLine-len(o.line))]...)
		if complete {
			o.endLine()
		}
	}
	_, _ = o.log.Write(b)
	return len(b), nil
}

func (o *output) endLine() {
	line := string(o.line)
	o.line = o.line[:0]
	if strings.TrimSpace(line) == "" {
		return
	}
	o.last = line
	if o.pattern == nil {
		return
	}
	if match := o.pattern.FindStringSubmatch(line); match != nil {
		o.match, o.pattern = match, nil
		close(o.matched)
	}
}

// lastLine is the last line the program wrote that was not blank.
func (o *output) lastLine() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}
