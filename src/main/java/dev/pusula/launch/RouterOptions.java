package dev.pusula.launch;

import dev.pusula.routing.control.RouterModel;
import dev.pusula.routing.control.SectorRouter;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.model.SectorModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which router an offline command asks. */
final class RouterOptions {

  @Mixin private OfSectors sectors;
  @Mixin private OfModel model;

  @Option(names = "--keywords", description = "score by the sectors' keywords alone")
  private boolean keywords;

  SectorRouter router() {
    return keywords
        ? SectorRouter.ofKeywords(sectors.load())
        : SectorRouter.ofModel(sectors.load(), model.load(), null);
  }

  /** The sectors file. */
  static final class OfSectors {

    @Option(
        names = "--sectors",
        paramLabel = "FILE",
        defaultValue = "${env:PUSULA_SECTORS}",
        description = "sectors file (default PUSULA_SECTORS, else the built-in one)")
    private @Nullable String file;

    RoutingConfiguration load() {
      return SectorsFile.load(file);
    }
  }

  /** The trained model. */
  static final class OfModel {

    @Option(
        names = "--model",
        paramLabel = "FILE",
        defaultValue = "${env:PUSULA_ROUTER_MODEL}",
        description = "the router's model (default PUSULA_ROUTER_MODEL, else the built-in one)")
    private @Nullable String file;

    SectorModel load() {
      return RouterModel.load(file);
    }
  }
}
