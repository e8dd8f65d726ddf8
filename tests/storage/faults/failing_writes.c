/* Makes one call that changes files fail, as a full or broken disk would.

   Loaded with LD_PRELOAD. FAULTS_CONTROL names a file of five int32, shared with whoever arms it:
   how many calls to let pass before the one that fails (-1: none fails), how it fails (an errno, or 0 for a
   short write: half of the bytes, and ENOSPC from then on), how many calls were counted since, which kind of
   call failed (0: none did), and whether it goes on failing after the first.
   Only calls on paths below FAULTS_DIRECTORY count. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC, RENAME, TRUNCATE, OPEN, UNLINK, SYNC_DIRECTORY };

struct control {
    int32_t countdown, failure, counted, failed, goes_on;
};

static struct control *control;
static const char *directory;

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("FAULTS_CONTROL");
    directory = getenv("FAULTS_DIRECTORY");
    if (!path || !directory)
        return;
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (at != MAP_FAILED)
        control = at;
}

static int is_below(const char *path) {
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static int counts_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!control || control->countdown < 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return is_below(path);
}

static int counts_path(const char *path) {
    return control && control->countdown >= 0 && path && is_below(path);
}

/* Whether the call that asks is to fail. */
static int is_next(int kind) {
    control->counted++;
    if (control->failed) {
        if (!control->goes_on)
            return 0;
    } else if (control->countdown-- > 0) {
        return 0;
    } else {
        control->countdown = 0;
        control->failed = kind;
    }
    return 1;
}

static int failure(void) {
    return control->failure ? control->failure : ENOSPC;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define FAIL_IF(counts, kind) \
    if (counts && is_next(kind)) { \
        errno = failure(); \
        return -1; \
    }

/* A write fails, or is short by half. */
#define WRITING(name, declared, passed) \
    ssize_t name declared { \
        REAL(name); \
        if (counts_fd(fd)) { \
            int had_failed = control->failed; \
            if (is_next(WRITE)) { \
                if (control->failure == 0 && !had_failed && size > 1) { \
                    size /= 2; \
                    return real passed; \
                } \
                errno = failure(); \
                return -1; \
            } \
        } \
        return real passed; \
    }

WRITING(write, (int fd, const void *data, size_t size), (fd, data, size))
WRITING(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRITING(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))

static int kind_of_sync(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) ? SYNC_DIRECTORY : SYNC;
}

#define ON_FD(name, kind, declared, passed) \
    int name declared { \
        REAL(name); \
        FAIL_IF(counts_fd(fd), kind) \
        return real passed; \
    }

ON_FD(fsync, kind_of_sync(fd), (int fd), (fd))
ON_FD(fdatasync, kind_of_sync(fd), (int fd), (fd))
ON_FD(ftruncate, TRUNCATE, (int fd, off_t size), (fd, size))
ON_FD(ftruncate64, TRUNCATE, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, kind, declared, path, passed) \
    int name declared { \
        REAL(name); \
        FAIL_IF(counts_path(path), kind) \
        return real passed; \
    }

ON_PATH(rename, RENAME, (const char *from, const char *to), to, (from, to))
ON_PATH(renameat, RENAME, (int a, const char *from, int b, const char *to), to, (a, from, b, to))
ON_PATH(renameat2, RENAME, (int a, const char *from, int b, const char *to, unsigned how), to,
        (a, from, b, to, how))
ON_PATH(unlink, UNLINK, (const char *path), path, (path))
ON_PATH(unlinkat, UNLINK, (int at, const char *path, int how), path, (at, path, how))
ON_PATH(creat, OPEN, (const char *path, mode_t mode), path, (path, mode))
ON_PATH(creat64, OPEN, (const char *path, mode_t mode), path, (path, mode))

#define OPENING(name, declared, before, path) \
    int name declared { \
        mode_t mode = 0; \
        REAL(name); \
        if (how & (O_CREAT | O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, how); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        FAIL_IF((how & O_ACCMODE) != O_RDONLY && counts_path(path), OPEN) \
        return real before; \
    }

OPENING(open, (const char *path, int how, ...), (path, how, mode), path)
OPENING(open64, (const char *path, int how, ...), (path, how, mode), path)
OPENING(openat, (int at, const char *path, int how, ...), (at, path, how, mode), path)
OPENING(openat64, (int at, const char *path, int how, ...), (at, path, how, mode), path)
