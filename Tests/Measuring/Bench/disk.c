// Row 4 of script/bench. The limit of one durable commit: 8 KiB of pwrite and
// an fdatasync, over one file; how many a second.
//
//   disk sync FILE COUNT
//       prints that rate
//   disk ask FILE COUNT REQUESTS COMMAND…
//       runs the command, writes a line of REQUESTS to it, waits for its answer,
//       and so on, COUNT times, then measures the limit, and so on. Prints the
//       answers; and on standard error the two rates of each round, the limit's
//       being the mean of those before and after.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

enum { PIECE = 8192, PIECES = 2048 };

// As large as the write-ahead log becomes, and written once beforehand.
static int open_file(const char *path) {
    static char piece[PIECE];
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0) fail(path);
    for (int i = 0; i < PIECES; i++)
        if (pwrite(file, piece, PIECE, (off_t)i * PIECE) != PIECE) fail(path);
    if (fsync(file)) fail(path);
    return file;
}

// How many a second.
static double sync_often(int file, int count) {
    static char piece[PIECE];
    static int next;
    double start = now();
    for (int i = 0; i < count; i++, next++) {
        memset(piece, next, sizeof piece);
        if (pwrite(file, piece, PIECE, (off_t)(next % PIECES) * PIECE) != PIECE || fdatasync(file)) fail("fdatasync");
    }
    return count / (now() - start);
}

static void ask(int file, int count, const char *path, char **command) {
    int in[2], out[2];
    if (pipe(in) || pipe(out)) fail("pipe");
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        execvp(command[0], command);
        fail(command[0]);
    }
    close(in[0]), close(out[1]);
    FILE *requests = fopen(path, "r"), *answers = fdopen(out[0], "r");
    if (!requests || !answers) fail(path);
    static char line[1 << 16];
    double before = sync_often(file, count), start = now();
    for (int asked = 0; fgets(line, sizeof line, requests); asked++) {
        if (asked == count) {
            double rate = count / (now() - start), after = sync_often(file, count);
            fprintf(stderr, "%.0f %.0f\n", rate, (before + after) / 2);
            before = after;
            asked = 0;
            start = now();
        }
        if (write(in[1], line, strlen(line)) < 0 || !fgets(line, sizeof line, answers)) fail("no answer");
        fputs(line, stdout);
    }
    close(in[1]);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int file = open_file(argv[2]), count = atoi(argv[3]);
    if (argc == 4 && !strcmp(argv[1], "sync")) printf("%.0f\n", sync_often(file, count));
    else if (argc >= 6 && !strcmp(argv[1], "ask")) ask(file, count, argv[4], argv + 5);
    else return 2;
}
