// Linux's own calls for sockets and waiting, which Swift's Glibc module leaves out.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/// Declared here, because the header shows it only to whoever defines `_GNU_SOURCE` before anything else is read.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

enum {
    ATOLL_SOCK_NONBLOCK = SOCK_NONBLOCK,
    ATOLL_SOCK_CLOEXEC = SOCK_CLOEXEC,
    ATOLL_MSG_NOSIGNAL = MSG_NOSIGNAL,
    ATOLL_TCP_USER_TIMEOUT = TCP_USER_TIMEOUT,
    ATOLL_EFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK,
    ATOLL_EPOLL_CLOEXEC = EPOLL_CLOEXEC,
};

enum {
    ATOLL_EPOLLIN = EPOLLIN,
    ATOLL_EPOLLOUT = EPOLLOUT,
    ATOLL_EPOLLERR = EPOLLERR,
    ATOLL_EPOLLHUP = EPOLLHUP,
};
