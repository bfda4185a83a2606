/* A cuBLAS of version MAJOR.7.33 that has handles and nothing else; its work is "done" by the library beside it. */
int fakeLtMajor(void);

int cublasCreate_v2(void **handle) { *handle = (void *)(long)(fakeLtMajor() + 1000); return 0; }
int cublasDestroy_v2(void *handle) { return (long)handle == MAJOR + 1000 ? 0 : 7; }
int cublasGetVersion_v2(void *handle, int *version) { *version = MAJOR * 10000 + 733; return (long)handle == MAJOR + 1000 ? 0 : 7; }
int cublasGetProperty(int type, int *value) { *value = type == 0 ? MAJOR : type == 1 ? 7 : 33; return 0; }
