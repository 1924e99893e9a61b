// Linux's own calls for waiting and accepting, which Swift's Glibc module leaves out. Headers that the Glibc module has too are
// not read here, or their types would belong now to the one module and now to the other.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// `accept4`, under a name of its own because its header is the Glibc module's. The address is a `struct sockaddr`, its length a
/// `socklen_t`.
extern int atoll_accept4(int socket, void *address, uint32_t *length, int flags) __asm__("accept4");

enum {
    ATOLL_EFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK,
    ATOLL_EPOLL_CLOEXEC = EPOLL_CLOEXEC,
};

enum {
    ATOLL_EPOLLIN = EPOLLIN,
    ATOLL_EPOLLOUT = EPOLLOUT,
    ATOLL_EPOLLERR = EPOLLERR,
    ATOLL_EPOLLHUP = EPOLLHUP,
};
