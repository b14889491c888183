package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;

/**
 * An adapter in the GPU's memory.
 *
 * @param place its column of the table of adapters
 * @param memory what its changes lie in
 */
record CudaAdapter(AdapterTable table, int place, Memory memory) implements Device.Adapter {

  @Override
  public long bytes() {
    return memory.bytes();
  }

  @Override
  public void close() {
    table.release(this);
  }
}
