package dev.pusula.load;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.io.ByteArrayOutputStream;

/**
 * Incremental parser of the data of server-sent events (WHATWG HTML, 9.2.6), on bytes: a character
 * or a line end split over two reads needs no care by the caller. Not thread-safe.
 */
final class EventStreamParser {
  /** Receives the data of one event, UTF-8; the array is valid during the call only. */
  interface Sink {
    void event(byte[] data, int length);
  }

  private static final class Bytes extends ByteArrayOutputStream {
    Bytes() {
      super(1024);
    }

    byte[] array() {
      return buf;
    }
  }

  private final Sink sink;
  private final Bytes line = new Bytes();
  private final Bytes data = new Bytes();
  private final ByteProcessor step = this::accept;
  private boolean hasData;
  private boolean afterCarriageReturn;

  EventStreamParser(Sink sink) {
    this.sink = sink;
  }

  void feed(ByteBuf bytes) {
    bytes.forEachByte(step);
  }

  private boolean accept(byte b) {
    if (b == '\n' && afterCarriageReturn) {
      afterCarriageReturn = false;
      return true;
    }
    afterCarriageReturn = b == '\r';
    if (b == '\n' || b == '\r') {
      endLine();
    } else {
      line.write(b);
    }
    return true;
  }

  private void endLine() {
    byte[] l = line.array();
    int n = line.size();
    if (n == 0) {
      if (hasData) {
        sink.event(data.array(), data.size());
      }
      data.reset();
      hasData = false;
    } else if (n >= 4
        && l[0] == 'd'
        && l[1] == 'a'
        && l[2] == 't'
        && l[3] == 'a'
        && (n == 4 || l[4] == ':')) {
      int from = Math.min(n, n > 5 && l[5] == ' ' ? 6 : 5);
      if (hasData) {
        data.write('\n');
      }
      data.write(l, from, n - from);
      hasData = true;
    }
    line.reset();
  }
}
