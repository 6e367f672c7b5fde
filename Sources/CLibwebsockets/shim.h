#pragma once
#include <errno.h>
#include <libwebsockets.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// accept4 hides behind _GNU_SOURCE, which the Glibc module is built without.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

static inline int tributary_accept(int listening) {
    return accept4(listening, (void *)0, (void *)0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// ioctl is variadic. Bytes that the peer's TCP has not acknowledged yet; -1 where the kernel does not say.
static inline int tributary_unacknowledged_bytes(int socket) {
    int count = 0;
    return ioctl(socket, TIOCOUTQ, &count) == 0 ? count : -1;
}

// False where the peer has ended its half, or the socket is broken. Takes nothing from it.
static inline _Bool tributary_is_connected(int socket) {
    char byte;
    ssize_t count = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

// A macro of macros, which Swift does not import.
static inline int tributary_lws_pre(void) { return LWS_PRE; }

// Public in what lws_write does, but named in libwebsockets' private headers only (roles/ws/private-lib-roles-ws.h).
static const enum lws_write_protocol TRIBUTARY_LWS_WRITE_CLOSE = (enum lws_write_protocol)4;
