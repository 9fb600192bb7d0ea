/*
 * A preload that makes a disk slow, full or broken, for files whose path holds the text of PROOF_DISK_FILES.
 * The first four bytes of the file PROOF_DISK_CONTROL rule it while the process runs:
 * [0] milliseconds that each fsync takes longer; [1] 0 well, 1 full (ENOSPC), 2 broken (EIO).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile unsigned char *control;
static const char *files;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("PROOF_DISK_CONTROL");
  files = getenv("PROOF_DISK_FILES");
  if (!path || !files) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *at = mmap(NULL, 4, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (at != MAP_FAILED) control = at;
}

static int concerns(int fd) {
  static const char index[] = "-shm";
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (length > 4 && strcmp(path + length - 4, index) == 0) return 0;
  return strstr(path, files) != NULL;
}

/*
 * A full disk takes what lies within a file: those blocks are there already. The index of SQLite's log has room that the
 * server keeps for it.
 */
static int refused(int fd, off64_t end) {
  struct stat64 about;
  if (!control || control[1] == 0 || !concerns(fd)) return 0;
  if (control[1] == 1 && fstat64(fd, &about) == 0 && end <= about.st_size) return 0;
  errno = control[1] == 1 ? ENOSPC : EIO;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  static __typeof__(&pwrite64) real;
  if (refused(fd, at + (off64_t)size)) return -1;
  if (!real) real = REAL(pwrite64);
  return real(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return pwrite64(fd, bytes, size, at);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  static __typeof__(&write) real;
  if (refused(fd, lseek64(fd, 0, SEEK_CUR) + (off64_t)size)) return -1;
  if (!real) real = REAL(write);
  return real(fd, bytes, size);
}

static int synced(int fd) {
  if (!control || (control[0] == 0 && control[1] == 0) || !concerns(fd)) return 0;
  if (control[1] == 2) {
    errno = EIO;
    return -1;
  }
  if (control[0] > 0) usleep(control[0] * 1000);
  return 0;
}

int fsync(int fd) {
  static __typeof__(&fsync) real;
  if (synced(fd) < 0) return -1;
  if (!real) real = REAL(fsync);
  return real(fd);
}

int fdatasync(int fd) {
  static __typeof__(&fdatasync) real;
  if (synced(fd) < 0) return -1;
  if (!real) real = REAL(fdatasync);
  return real(fd);
}
