package dev.lockstep.file;

import dev.lockstep.input.Limits;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How JSON from outside is read: within {@link Limits}, without repeated fields, and with nothing
 * behind the document.
 */
public final class ForeignJson {

  private ForeignJson() {}

  /** A builder of mappers, to which the conventions of a format are added. */
  public static JsonMapper.Builder mapper() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(Limits.JSON_DEPTH.count())
            .maxNameLength(Limits.JSON_NAME.count())
            .maxStringLength(Limits.JSON_TEXT.count())
            .maxNumberLength(Limits.JSON_NUMBER.count())
            .build();
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }
}
