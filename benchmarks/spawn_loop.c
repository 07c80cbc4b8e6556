/* The least that running jobs can cost: posix_spawn and waitpid, nothing kept, nobody told.
 *
 * spawn_loop COUNT AT_ONCE PROGRAM    prints how many processes a second that were
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: spawn_loop COUNT AT_ONCE PROGRAM\n");
        return 2;
    }
    long count = atol(argv[1]), at_once = atol(argv[2]), begun = 0, ended = 0;
    char *arguments[] = {argv[3], NULL};
    double began_s = now_s();
    while (ended < count) {
        while (begun < count && begun - ended < at_once) {
            pid_t pid;
            if (posix_spawn(&pid, argv[3], NULL, NULL, arguments, environ) != 0) {
                perror(argv[3]);
                return 1;
            }
            begun++;
        }
        int status;
        if (waitpid(-1, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "%s did not exit with 0\n", argv[3]);
            return 1;
        }
        ended++;
    }
    printf("%.3f\n", count / (now_s() - began_s));
    return 0;
}
