package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;

/**
 * Keys and values in the GPU's memory: by layer, (page, kv head, position in the page, head width)
 * of bfloat16.
 */
record CudaCache(
    int pages, long pageBytes, int kvHeads, int headDim, Memory[] keys, Memory[] values)
    implements Device.Cache {}
