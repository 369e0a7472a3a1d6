package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// What can be read once — standard input, a pipe, a device — is told by its kind and
// not by its name: a shell calls a pipe /dev/fd/63, and a FIFO has any name.

// stream reads what open opens, until ctx ends. Opening a FIFO and reading a pipe
// wait for somebody else, perhaps for ever, and cannot be broken off: the goroutine
// that waits ends with the program, which is at once.
func stream(ctx context.Context, open func() (io.ReadCloser, error)) io.ReadCloser {
	out, in := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = in.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer stop()
		r, err := open()
		if err == nil {
			_, err = io.Copy(in, r)
			err = errors.Join(err, r.Close())
		}
		_ = in.CloseWithError(err) // nil: the end
	}()
	return out
}

// streamIn is stream for what is open and stays open: standard input.
func streamIn(ctx context.Context, in io.Reader) io.ReadCloser {
	return stream(ctx, func() (io.ReadCloser, error) { return io.NopCloser(in), nil })
}

// openInput opens the file that a flag names, to be read once.
func openInput(ctx context.Context, path string) (io.ReadCloser, error) {
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() || info.IsDir() {
		return os.Open(path)
	}
	return stream(ctx, func() (io.ReadCloser, error) { return os.Open(path) }), nil
}

// isPipe reports whether a name is one that a shell gave to a pipe of its own.
func isPipe(name string) bool {
	return strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}

// retyped names the files of a command for another shell: its pipe is gone, and
// standard input takes its place.
func retyped(files []string) []string {
	at := slices.IndexFunc(files, isPipe)
	if at < 0 || slices.Contains(files, "-") || slices.ContainsFunc(files[at+1:], isPipe) {
		return files
	}
	files = slices.Clone(files)
	files[at] = "-"
	return files
}

// maxSetting bounds a file that holds a setting: a key, or a block of parameters.
const maxSetting = 1 << 20

// readSetting reads the file that a flag names; what is the two of them as typed.
func readSetting(ctx context.Context, what, path string) ([]byte, error) {
	in, err := openInput(ctx, path)
	if err != nil {
		return nil, usage("", "%s: %s", what, plain(err))
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxSetting+1))
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, usage("", "%s: %s", what, plain(err))
	case len(text) > maxSetting:
		return nil, usage("is it the right file?", "%s: more than %d bytes", what, maxSetting)
	}
	return text, nil
}

// content is what a file of a source holds, as often as it is asked for.
type content struct {
	io.ReaderAt
	size  func() int64
	close func()
}

// content opens the file, or what was set aside of it.
func (f *sourceFile) content() (content, error) {
	if f.spool != nil {
		return content{f.spool, f.spool.Size, func() {}}, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return content{}, fmt.Errorf("%s: %s", f.name, plain(err))
	}
	return content{file, func() int64 {
		info, err := file.Stat()
		if err != nil {
			return 0
		}
		return info.Size()
	}, func() { _ = file.Close() }}, nil
}
