/*
 * A disk that fails on demand. While the file that FAULTS names holds "<call> <part of a path> <errno>", that call fails
 * with that errno on files whose path has that part.
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

static int fails(const char *call, int fd) {
  static const char *faults = NULL;
  char text[256] = "", name[64], part[128], link[64], path[4096];
  int code = 0, saved = errno, file;
  ssize_t length;
  if (!faults && !(faults = getenv("FAULTS"))) return 0;
  file = open(faults, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    length = read(file, text, sizeof text - 1);
    close(file);
    if (length > 0 && sscanf(text, "%63s %127s %d", name, part, &code) == 3 && strcmp(name, call) == 0) {
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      length = readlink(link, path, sizeof path - 1);
      if (length > 0) {
        path[length] = 0;
        if (strstr(path, part)) {
          errno = code;
          return 1;
        }
      }
    }
  }
  errno = saved;
  return 0;
}

#define REAL(name) \
  static __typeof__(name) *real = NULL; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(pwrite);
  return fails("write", fd) ? -1 : real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  REAL(pwrite64);
  return fails("write", fd) ? -1 : real(fd, bytes, count, at);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write);
  return fails("write", fd) ? -1 : real(fd, bytes, count);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
  REAL(pread64);
  return fails("read", fd) ? -1 : real(fd, bytes, count, at);
}

int fsync(int fd) {
  REAL(fsync);
  return fails("sync", fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return fails("sync", fd) ? -1 : real(fd);
}
