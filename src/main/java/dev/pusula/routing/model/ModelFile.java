package dev.pusula.routing.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pusula.platform.Json;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Models as files: gzip over a format number, the card as JSON, the bits of the kept features, and
 * the weights: one scale a row, then a row of bytes each.
 */
public final class ModelFile {

  /**
   * Says "a router's model" in a way that no other file begins with; its last byte is a version.
   */
  private static final long MAGIC = 0x5055_5355_4C41_5202L;

  private static final int STEPS = 31;

  private ModelFile() {}

  /**
   * Reads a model.
   *
   * @throws IOException if the bytes are no whole model of this version; the message says what is
   *     wrong
   */
  public static SectorModel read(InputStream file) throws IOException {
    try (GZIPInputStream unzipped = new GZIPInputStream(file, 1 << 16)) {
      ByteBuffer in = ByteBuffer.wrap(unzipped.readAllBytes());
      if (in.getLong() != MAGIC) {
        throw new IOException("is no router model of this version");
      }
      int cardLength = in.getInt();
      if (cardLength < 0 || cardLength > in.remaining()) {
        throw new IOException("has a damaged header");
      }
      byte[] json = new byte[cardLength];
      in.get(json);
      Card card = Json.mapper().readValue(json, Card.class);
      int width = card.labels().size();
      long[] kept = new long[1 << (Features.BITS - 6)];
      in.asLongBuffer().get(kept);
      in.position(in.position() + Long.BYTES * kept.length);
      int rows = 0;
      for (long bits : kept) {
        rows += Long.bitCount(bits);
      }
      float slope = in.getFloat();
      float[] shift = floats(in, width);
      float[] bias = floats(in, width);
      float[] scales = floats(in, rows);
      byte[] steps = new byte[Math.multiplyExact(rows, width)];
      in.get(steps);
      if (in.hasRemaining()) {
        throw new IOException("goes on behind its end");
      }
      float[] weights = new float[steps.length];
      for (int r = 0; r < rows; r++) {
        decode(steps, r * width, width, scales[r], weights);
      }
      return new SectorModel(card, kept, weights, bias, new Calibration(slope, shift));
    } catch (EOFException | BufferUnderflowException e) {
      throw new IOException("is truncated", e);
    } catch (JsonProcessingException e) {
      throw new IOException("has a damaged card", e);
    } catch (IllegalArgumentException e) {
      throw new IOException("is damaged: " + e.getMessage(), e);
    }
  }

  /** Writes a model; its weights lose what a byte cannot hold. Equal models give equal bytes. */
  public static void write(SectorModel model, OutputStream file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(file), 1 << 16))) {
      byte[] card = Json.mapper().writeValueAsBytes(model.card());
      out.writeLong(MAGIC);
      out.writeInt(card.length);
      out.write(card);
      for (long bits : model.kept()) {
        out.writeLong(bits);
      }
      Calibration calibration = model.calibration();
      out.writeFloat(calibration.slope());
      write(out, calibration.shift());
      write(out, model.bias());
      float[] weights = model.weights();
      int width = model.labels().size();
      float[] scales = new float[weights.length / width];
      for (int i = 0; i < weights.length; i++) {
        scales[i / width] = Math.max(scales[i / width], Math.abs(weights[i]) / STEPS);
      }
      write(out, scales);
      for (int i = 0; i < weights.length; i++) {
        float scale = scales[i / width];
        out.writeByte(scale == 0 ? 0 : Math.round(weights[i] / scale));
      }
    }
  }

  /** A method of its own, so that it is compiled after a few thousand rows. */
  private static void decode(byte[] steps, int from, int width, float scale, float[] weights) {
    for (int i = from; i < from + width; i++) {
      weights[i] = steps[i] * scale;
    }
  }

  private static float[] floats(ByteBuffer in, int n) {
    float[] floats = new float[n];
    in.asFloatBuffer().get(floats);
    in.position(in.position() + Float.BYTES * n);
    return floats;
  }

  private static void write(DataOutputStream out, float[] floats) throws IOException {
    for (float value : floats) {
      out.writeFloat(value);
    }
  }
}
