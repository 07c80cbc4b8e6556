/* Sends requests that were encoded before, over connections that are kept alive, and measures the answers.
 *
 * load PORT CONNECTIONS REQUESTS SECONDS PAUSE_US FILE
 *
 * On each connection the next request follows the answer, after PAUSE_US. It ends after so many REQUESTS, or, where
 * these are 0, after SECONDS. FILE holds requests to be sent in turn, each after a line with its length in bytes.
 * Prints one line of JSON: answers, how many of them were refused (a status other than 200), seconds, and the median
 * and 99th percentile of the time from request to answer.
 *
 * Nothing is parsed of an answer but its status and its length, so that what is measured is the server and not the client.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES 8192

struct connection {
    int socket;
    char head[HEAD_BYTES + 1];
    size_t head_bytes; /* of the head of the answer that is coming, 0 before it */
    long left;         /* bytes of the body still to come, -1 while the head is not complete */
    int closes;        /* the server said that it closes after this answer */
    double sent_s;
};

static struct sockaddr_in server;
static char **requests;
static size_t *sizes;
static long kinds, sent, answers, refused, wanted, pause_us;
static double end_s;
static uint32_t *taken_us;
static size_t room;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_requests(const char *path)
{
    FILE *file = fopen(path, "rb");
    char line[32];
    if (!file)
        fail(path);
    while (fgets(line, sizeof line, file)) {
        requests = realloc(requests, (kinds + 1) * sizeof *requests);
        sizes = realloc(sizes, (kinds + 1) * sizeof *sizes);
        sizes[kinds] = strtoul(line, NULL, 10);
        requests[kinds] = malloc(sizes[kinds]);
        if (fread(requests[kinds], 1, sizes[kinds], file) != sizes[kinds])
            fail("the file of requests is cut short");
        kinds++;
    }
    fclose(file);
    if (kinds == 0)
        fail("the file has no request");
}

static void open_socket(struct connection *c, int epoll)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    int yes = 1;
    c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&server, sizeof server) != 0)
        fail("connect");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event) != 0)
        fail("epoll_ctl");
}

/* 0 when nothing is left to be asked. */
static int ask(struct connection *c)
{
    if (wanted ? sent >= wanted : now_s() >= end_s)
        return 0;
    char *request = requests[sent % kinds];
    size_t size = sizes[sent % kinds];
    sent++;
    c->head_bytes = 0;
    c->left = -1;
    c->closes = 0;
    c->sent_s = now_s();
    while (size > 0) {
        ssize_t done = send(c->socket, request, size, MSG_NOSIGNAL);
        if (done < 0)
            fail("send");
        request += done;
        size -= done;
    }
    return 1;
}

/* Looks for the end of the head. What follows it in `head` is the beginning of the body. */
static void read_head(struct connection *c)
{
    c->head[c->head_bytes] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end) {
        if (c->head_bytes == HEAD_BYTES)
            fail("the head of an answer is too long");
        return;
    }
    *end = 0;
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    if (!length)
        fail("an answer does not tell its length");
    c->closes = strcasestr(c->head, "\r\nconnection: close") != NULL || strncmp(c->head, "HTTP/1.0", 8) == 0;
    if (strncmp(c->head + 8, " 200", 4) != 0)
        refused++;
    c->left = atol(length + 17) - (long)(c->head_bytes - (end + 4 - c->head));
}

static void note(double took_s)
{
    if ((size_t)answers == room) {
        room = room ? 2 * room : 65536;
        taken_us = realloc(taken_us, room * sizeof *taken_us);
    }
    taken_us[answers++] = (uint32_t)(took_s * 1e6);
}

/* 1 when the answer is complete. */
static int listen_to(struct connection *c)
{
    static char body[1 << 18];
    ssize_t got;
    if (c->left < 0) {
        got = recv(c->socket, c->head + c->head_bytes, HEAD_BYTES - c->head_bytes, 0);
        if (got > 0) {
            c->head_bytes += got;
            read_head(c);
        }
    } else {
        got = recv(c->socket, body, sizeof body, 0);
        c->left -= got;
    }
    if (got <= 0)
        fail("the server hung up within an answer");
    return c->left == 0;
}

static int compare(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: load PORT CONNECTIONS REQUESTS SECONDS PAUSE_US FILE\n");
        return 2;
    }
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int count = atoi(argv[2]), epoll = epoll_create1(EPOLL_CLOEXEC), active = 0;
    wanted = atol(argv[3]);
    pause_us = atol(argv[5]);
    read_requests(argv[6]);
    struct connection *all = calloc(count, sizeof *all);
    for (int i = 0; i < count; i++)
        open_socket(&all[i], epoll);
    double began_s = now_s(), ended_s = began_s;
    end_s = began_s + atof(argv[4]);
    for (int i = 0; i < count; i++)
        active += ask(&all[i]);
    while (active > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, 60000);
        if (ready == 0) {
            errno = ETIMEDOUT;
            fail("no answer for a minute");
        }
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!listen_to(c))
                continue;
            ended_s = now_s();
            note(ended_s - c->sent_s);
            if (c->closes) {
                close(c->socket);
                open_socket(c, epoll);
            }
            if (pause_us)
                usleep(pause_us);
            active -= !ask(c);
        }
    }
    if (answers == 0)
        fail("nothing was asked");
    qsort(taken_us, answers, sizeof *taken_us, compare);
    printf("{\"answers\": %ld, \"refused\": %ld, \"seconds\": %.6f, \"median_us\": %u, \"p99_us\": %u}\n", answers, refused,
           ended_s - began_s, taken_us[answers / 2], taken_us[answers * 99 / 100]);
    return 0;
}
