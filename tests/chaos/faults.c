/* Loaded before libc into a program under test: makes writing or syncing certain files fail while a flag file exists.
 *
 * TOOLBOXAI_FAULT_FILES  files whose path begins with this are the ones that fail
 * TOOLBOXAI_FAULT_FLAG   the flag file; its first letter says what fails (w: writing, s: syncing), the rest is the errno
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(char what, int descriptor)
{
    const char *files = getenv("TOOLBOXAI_FAULT_FILES");
    const char *flag = getenv("TOOLBOXAI_FAULT_FLAG");
    char link[64], path[4096], order[16];
    ssize_t length;
    int file;

    if (!files || !flag || (file = open(flag, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    length = read(file, order, sizeof order - 1);
    close(file);
    if (length < 2 || order[0] != what)
        return 0;
    order[length] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, files, strlen(files)) != 0)
        return 0;
    errno = atoi(order + 1);
    return 1;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset)
{
    REAL(pwrite);
    return fails('w', descriptor) ? -1 : real(descriptor, data, length, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset)
{
    REAL(pwrite64);
    return fails('w', descriptor) ? -1 : real(descriptor, data, length, offset);
}

ssize_t write(int descriptor, const void *data, size_t length)
{
    REAL(write);
    return fails('w', descriptor) ? -1 : real(descriptor, data, length);
}

int fsync(int descriptor)
{
    REAL(fsync);
    return fails('s', descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor)
{
    REAL(fdatasync);
    return fails('s', descriptor) ? -1 : real(descriptor);
}
