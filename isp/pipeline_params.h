// isp/pipeline_params.h - all that a Pipeline is told once. What may change per frame is in Controls; there is no third kind.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isp/color.h"
#include "isp/correction_params.h"
#include "isp/geometry_params.h"
#include "isp/image.h"
#include "isp/lut3d.h"
#include "isp/params.h"

namespace argent {

struct StatisticsParams {
  int columns = 32, rows = 24;  ///< zones
  int histogram_step = 2;       ///< one quad in step x step goes into the histograms
};

/// How the two missing colors of a pixel of a Bayer mosaic are found. Sources: halide_gen/stages/demosaic.h, demosaic_best.h.
struct DemosaicParams {
  std::string method = "fast";  ///< or "best": finer, at a few times the cost
};

/// Strength 1 takes away what the frame's noise model says is noise. Source: halide_gen/stages/dct_denoise.h.
struct DenoiseParams {
  float luma = 0, chroma = 0;
  int step = 4;  ///< pixels between patches, 2 or 4: finer is better, and four times the work
};

/// Source: halide_gen/stages/capture_sharpen.h.
struct SharpenParams {
  float amount = 0;
  float radius = 0.6f;   ///< of the Gaussian that is taken back, in pixels
  float unsharp = 0.5f;  ///< of the picture that one pass makes of a Bayer mosaic in 8 bits, instead: halide_gen/stages/unsharp.h
};

struct HighlightParams {
  float threshold = 0.97f;  ///< of saturation: from here on a pixel counts as clipping
  bool neighbors = false;   ///< colors of a mosaic's clipped parts from those about them; not in pictures made in one pass of integers
};

/// Source of the curve: Naka and Rushton 1966 in the form of Reinhard et al. 2002, eq. 4, with an exponent:
/// y = x^n (1 + s^n / w^n) / (x^n + s^n), x = scene light with middle grey at 0.18, w = the level that comes out white.
/// Both defaults make the Canon 30D sample as bright as the camera's own JPEG (mean code and quartiles).
struct ToneParams {
  float exposure = 1.25f;  ///< EV between the sensor's scale and the picture: cameras meter well below saturation
  float contrast = 1.55f;  ///< n: slope at middle grey, log-log, before the shoulder
  float black = 0;         ///< percent of the pixels that may come out black, 0: off (halide_gen/stages/black_point.h)
  float local = 0;         ///< 1: regions beyond the curve's reach are brought into it, 0: off (halide_gen/stages/local_tone.h)
  bool operator==(const ToneParams&) const = default;
};

/// Saturation is the distance from the grey of equal luminance in linear sRGB, before a profile's tables and the curve.
struct ColorParams {
  float saturation = 1;
  float saturation_per_stop = 0;  ///< relative change per doubling of the analogue gain above 1; noise is what saturation amplifies
};

struct OutputParams {
  PixelType type = PixelType::kU8;           ///< kU8 or kU16
  Encoding encoding = Encoding::kSrgb;       ///< kLinear: no curve; values are clipped at 0 and 1
  ColorSpace color = ColorSpace::kSrgb;      ///< kCamera: no matrix; kRec2100Pq: kU16 or kF32 and kSrgb's encoding only
  bool camera_color_without_matrix = false;  ///< where a matrix is needed and none known, instead of an Error; Image says what came
  std::shared_ptr<const Lut3d> lut;          ///< on the encoded picture; nullptr: none. Not with kLinear
  float scale = 1;                           ///< of width and height; 1: not resampled
  Size fit;                                  ///< if not 0 x 0: largest size of the same shape inside, instead of scale
  std::optional<Orientation> orientation;    ///< baked into the pixels; absent: what the frame says
  bool whole_active_area = false;            ///< instead of the camera's own crop
  std::optional<Rect> crop;                  ///< part of the picture, in pixels of the upright one at full size (scale 1)
};

/// Gains that undo the lens's falloff. Nodes lie on the borders: node (i, j) at x = i / (columns - 1), y = j / (rows - 1) of the
/// active array, bilinear between. Shape of gains: 3 (R, G, B) x rows x columns; each >= 1.
struct ShadingMesh {
  float cct = 5500;  ///< kelvin
  int columns = 1, rows = 1;
  std::array<std::vector<float>, 3> gains{{{1}, {1}, {1}}};
};

/// The falloff that a picture of an even surface shows, for frames of the same size. make_flat_field() in isp/flat_field.h.
struct FlatField {
  Size size;
  ShadingMesh mesh;  ///< of whatever light
};

struct PipelineParams {
  StatisticsParams statistics;
  DefectParams defects;
  GreenBalanceParams green_balance;
  LineNoiseParams line_noise;
  DemosaicParams demosaic;
  HighlightParams highlights;
  DenoiseParams denoise;
  SharpenParams sharpen;
  GeometryParams geometry;
  ColorParams color;
  ToneParams tone;
  OutputParams output;
  std::vector<ShadingMesh> shading;          ///< by rising cct; empty: none
  std::vector<ColorCorrection> corrections;  ///< by rising cct; empty: the frame's own matrices
  std::vector<PixelPlace> bad_pixels;        ///< replaced in every frame
  std::shared_ptr<const DarkFrame> dark;     ///< subtracted from every frame; nullptr: none
  std::shared_ptr<const FlatField> flat;     ///< multiplied with shading; nullptr: none
  int threads = 0;                           ///< for one kernel; 0: all cores
};

template <class List>
void describe(List& list, StatisticsParams& p) {
  list.field("columns", p.columns, {.min = 1, .max = 32, .doc = "zones across"});
  list.field("rows", p.rows, {.min = 1, .max = 32, .doc = "zones down"});
  list.field("histogram_step", p.histogram_step,
             {.min = 1, .max = 8, .unit = "quads", .doc = "one quad in step x step goes into the histograms"});
}

template <class List>
void describe(List& list, DemosaicParams& p) {
  list.field("method", p.method, {.doc = "fast or best"});
}

template <class List>
void describe(List& list, DenoiseParams& p) {
  list.field("luma", p.luma, {.min = 0, .max = 4, .doc = "1: what the noise model says is noise; 0: off"});
  list.field("chroma", p.chroma, {.min = 0, .max = 4, .doc = "the same for color"});
  list.field("step", p.step, {.min = 2, .max = 4, .unit = "pixels", .doc = "between patches, 2 or 4: finer is better and slower"});
}

template <class List>
void describe(List& list, SharpenParams& p) {
  list.field("amount", p.amount, {.min = 0, .max = 2, .doc = "how much of the blur is taken back; 0: off"});
  list.field("radius", p.radius, {.min = 0.3, .max = 1.5, .unit = "pixels", .doc = "of the blur"});
  list.field("unsharp", p.unsharp,
             {.min = 0, .max = 3, .doc = "unsharp mask of pictures made in one pass: Bayer, 8 bits, no noise reduction; 0: off"});
}

template <class List>
void describe(List& list, HighlightParams& p) {
  list.field("threshold", p.threshold, {.min = 0.5, .max = 1, .doc = "fraction of saturation from which a pixel counts as clipping"});
  list.field("neighbors", p.neighbors, {.doc = "colors of clipped parts as their neighborhood lets expect; presets balanced and best"});
}

template <class List>
void describe(List& list, ColorParams& p) {
  list.field("saturation", p.saturation, {.min = 0, .max = 2, .doc = "distance from grey; 1 leaves it alone"});
  list.field("saturation_per_stop", p.saturation_per_stop,
             {.min = -0.2, .max = 0.2, .doc = "relative change of it per doubling of the analogue gain"});
}

template <class List>
void describe(List& list, ToneParams& p) {
  list.field("exposure", p.exposure,
             {.min = -4,
              .max = 4,
              .unit = "EV",
              .doc = "between the sensor's scale and the picture, where no DNG profile has a curve of its own"});
  list.field("contrast", p.contrast, {.min = 1, .max = 2, .doc = "slope at middle grey, log-log, before the shoulder"});
  list.field("black", p.black,
             {.min = 0,
              .max = 5,
              .unit = "percent",
              .doc = "of the pixels that may come out black: haze is taken away, 2 % of white at most; 0: off"});
  list.field("local", p.local, {.min = 0, .max = 1, .doc = "regions too dark or too bright for the curve are brought into it; 0: off"});
}

/// The scalar parameters; tables (meshes, matrices) are a profile's.
template <class List>
void describe(List& list, PipelineParams& p) {
  list.group("statistics", p.statistics);
  list.group("defects", p.defects);
  list.group("green_balance", p.green_balance);
  list.group("line_noise", p.line_noise);
  list.group("demosaic", p.demosaic);
  list.group("highlights", p.highlights);
  list.group("denoise", p.denoise);
  list.group("sharpen", p.sharpen);
  list.group("geometry", p.geometry);
  list.group("color", p.color);
  list.group("tone", p.tone);
}

}  // namespace argent
