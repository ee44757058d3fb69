/* Stands between a program and the operating system: the Nth call on files under a folder kills, fails or is cut short.
 * What to do is read from a page shared with the test (REMIT_TORTURE_PAGE), so that it can be changed while it runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, NAME = 8, SEND = 16 };
enum { KILL_BEFORE = 1, KILL_AFTER = 2, FAIL = 3, SHORT = 4, TEAR = 5 };

struct page {
    _Atomic int64_t countdown; /* calls until it strikes; 0: never */
    _Atomic int64_t seen;      /* calls that counted */
    _Atomic int64_t struck;    /* times it struck */
    _Atomic int64_t synced;    /* times a file was waited for and kept */
    int32_t action, error, mask, sticky;
    int32_t keep; /* whether of each file that was waited for a copy is kept beside it, as what is surely on the disk */
    char under[204];
};

static struct page *page;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("REMIT_TORTURE_PAGE");
    int handle = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (handle < 0) return;
    void *found = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    if (found != MAP_FAILED) page = found;
    close(handle);
}

static int counts(int kind, const char *path) {
    if (!page || !(page->mask & kind) || !strstr(path, page->under)) return 0;
    atomic_fetch_add(&page->seen, 1);
    int64_t left = atomic_load(&page->countdown);
    while (left > 0 && !atomic_compare_exchange_weak(&page->countdown, &left, left == 1 && page->sticky ? 1 : left - 1)) {}
    if (left != 1) return 0;
    atomic_fetch_add(&page->struck, 1);
    if (page->action == KILL_BEFORE) kill(getpid(), SIGKILL);
    return page->action;
}

static int strikes(int kind, int handle) {
    char link[64], path[512];
    if (!page || !(page->mask & kind) || !page->mask) return 0;
    int error = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = error;
    if (length < 0) return 0;
    path[length] = 0;
    return counts(kind, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILED(action) ((action) == FAIL && (errno = page->error, 1))
#define ENDED(action) if ((action) == KILL_AFTER || (action) == TEAR) kill(getpid(), SIGKILL)
#define CUT(action, count) if (((action) == SHORT || (action) == TEAR) && (count) > 1) (count) /= 2

ssize_t write(int handle, const void *bytes, size_t count) {
    int action = strikes(WRITE, handle);
    if (FAILED(action)) return -1;
    CUT(action, count);
    ssize_t done = REAL(write)(handle, bytes, count);
    ENDED(action);
    return done;
}

#define PWRITE(name, offset_type)                                                              \
    ssize_t name(int handle, const void *bytes, size_t count, offset_type at) {                \
        int action = strikes(WRITE, handle);                                                   \
        if (FAILED(action)) return -1;                                                         \
        CUT(action, count);                                                                    \
        ssize_t done = REAL(name)(handle, bytes, count, at);                                   \
        ENDED(action);                                                                         \
        return done;                                                                           \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, offset_type)                                                             \
    ssize_t name(int handle, const struct iovec *parts, int count, offset_type at) {           \
        int action = strikes(WRITE, handle);                                                   \
        if (FAILED(action)) return -1;                                                         \
        ssize_t done = REAL(name)(handle, parts, count, at);                                   \
        ENDED(action);                                                                         \
        return done;                                                                           \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

static void waited_for(int handle) {
    char link[64], path[512], draft[520], kept[520], part[65536];
    struct stat found;
    if (!page || !page->keep) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1), count;
    if (length < 0) return;
    path[length] = 0;
    if (!strstr(path, page->under) || fstat(handle, &found) || !S_ISREG(found.st_mode)) return;
    snprintf(draft, sizeof draft, "%s.draft", path);
    snprintf(kept, sizeof kept, "%s.synced", path);
    int copy = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (copy < 0) return;
    for (off_t at = 0; (count = pread(handle, part, sizeof part, at)) > 0; at += count)
        if (REAL(write)(copy, part, count) != count) break;
    close(copy);
    REAL(rename)(draft, kept);
    atomic_fetch_add(&page->synced, 1);
}

#define ONE(name, kind)                                                                        \
    int name(int handle) {                                                                     \
        int action = strikes(kind, handle);                                                    \
        if (FAILED(action)) return -1;                                                         \
        int done = REAL(name)(handle);                                                         \
        if (done == 0) waited_for(handle);                                                     \
        ENDED(action);                                                                         \
        return done;                                                                           \
    }
ONE(fsync, SYNC)
ONE(fdatasync, SYNC)

#define CUT_OFF(name, offset_type)                                                             \
    int name(int handle, offset_type length) {                                                 \
        int action = strikes(TRUNCATE, handle);                                                \
        if (FAILED(action)) return -1;                                                         \
        int done = REAL(name)(handle, length);                                                 \
        ENDED(action);                                                                         \
        return done;                                                                           \
    }
CUT_OFF(ftruncate, off_t)
CUT_OFF(ftruncate64, off64_t)

int unlink(const char *path) {
    int action = counts(NAME, path);
    if (FAILED(action)) return -1;
    int done = REAL(unlink)(path);
    ENDED(action);
    return done;
}

#define RENAMED(name)                                                                          \
    int name(const char *from, const char *to) {                                               \
        int action = counts(NAME, to);                                                         \
        if (FAILED(action)) return -1;                                                         \
        int done = REAL(name)(from, to);                                                       \
        ENDED(action);                                                                         \
        return done;                                                                           \
    }
RENAMED(rename)
RENAMED(link)

ssize_t send(int handle, const void *bytes, size_t count, int flags) {
    int action = strikes(SEND, handle);
    if (FAILED(action)) return -1;
    CUT(action, count);
    ssize_t done = REAL(send)(handle, bytes, count, flags);
    ENDED(action);
    return done;
}
