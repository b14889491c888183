package dev.pusula.sota.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.pusula.platform.Json;
import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.SettingKey;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Baselines in PostgreSQL. Thread-safe. */
@ApplicationScoped
public class BaselineStore {

  @Resource(lookup = "jdbc/pusula")
  @SuppressWarnings("NullAway.Init")
  private DataSource source;

  /** For CDI. */
  public BaselineStore() {}

  /** Over any pool. */
  public BaselineStore(DataSource source) {
    this.source = source;
  }

  /** Adds what is missing and leaves the rest as it is; the same call twice changes nothing. */
  public void load(List<Baseline> baselines) {
    try (Connection connection = source.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                """
                insert into baseline (
                    model, metric, value, unit, setting_key, setting, source_title, source_url,
                    source_date, confidence, kind
                )
                values (?, ?, ?, ?, cast(? as jsonb), ?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """)) {
      for (Baseline b : baselines) {
        insert.setString(1, b.model());
        insert.setString(2, b.metric());
        insert.setDouble(3, b.value());
        insert.setString(4, b.unit());
        insert.setString(5, Json.mapper().writeValueAsString(b.settingKey().fields()));
        insert.setString(6, b.setting());
        insert.setString(7, b.sourceTitle());
        insert.setString(8, b.sourceUrl());
        insert.setString(9, b.sourceDate());
        insert.setString(10, b.confidence());
        insert.setString(11, b.kind());
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (SQLException | JsonProcessingException e) {
      throw new IllegalStateException("baselines cannot be stored: " + e.getMessage(), e);
    }
  }

  /**
   * Baselines by model and metric.
   *
   * @param model only this model, in any case; null for all
   * @param metric only this metric; null for all
   */
  public List<Baseline> find(@Nullable String model, @Nullable String metric) {
    try (Connection connection = source.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select model, metric, value, unit, setting_key, setting, source_title, source_url,
                    source_date, confidence, kind
                from baseline
                where lower(model) = lower(coalesce(?, model))
                    and metric = coalesce(?, metric)
                order by kind, model, metric, value
                """)) {
      select.setString(1, model);
      select.setString(2, metric);
      List<Baseline> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(
              new Baseline(
                  row.getString(1),
                  row.getString(2),
                  row.getDouble(3),
                  row.getString(4),
                  new SettingKey(
                      Json.mapper()
                          .readValue(
                              row.getString(5), new TypeReference<Map<String, String>>() {})),
                  row.getString(6),
                  row.getString(7),
                  row.getString(8),
                  row.getString(9),
                  row.getString(10),
                  row.getString(11)));
        }
      }
      return found;
    } catch (SQLException | JsonProcessingException e) {
      throw new IllegalStateException("baselines cannot be read: " + e.getMessage(), e);
    }
  }
}
