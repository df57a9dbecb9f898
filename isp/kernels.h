// isp/kernels.h - private: the table of ahead-of-time kernels, one row per CPU target. Only kernels.cpp sees the generated headers.
#pragma once

#include <cstdint>

#include "models/runtime/cpu.h"

struct halide_buffer_t;

namespace argent {

using RenderKernel = int (*)(const void* context, halide_buffer_t* samples, std::int32_t origin_x, std::int32_t origin_y,
                             halide_buffer_t* levels, halide_buffer_t* mesh, float mesh_first, float mesh_step, float threshold,
                             halide_buffer_t* first, halide_buffer_t* matrix, halide_buffer_t* curve, float limit, float warp,
                             halide_buffer_t* output);
/// The same for bytes: of `bits` a code, `width` codes a row.
using RenderPackedKernel = int (*)(const void* context, halide_buffer_t* bytes, std::int32_t origin_x, std::int32_t origin_y,
                                   halide_buffer_t* levels, halide_buffer_t* mesh, float mesh_first, float mesh_step, float threshold,
                                   halide_buffer_t* first, halide_buffer_t* matrix, halide_buffer_t* curve, float limit, float warp,
                                   std::int32_t bits, std::int32_t width, halide_buffer_t* output);
/// A Bayer mosaic by whole numbers (halide_gen/live_kernel.h).
using RenderLiveKernel = int (*)(const void* context, halide_buffer_t* mosaic, std::int32_t origin_x, std::int32_t origin_y,
                                 halide_buffer_t* levels, std::int32_t code_shift, halide_buffer_t* mesh, float mesh_first, float mesh_step,
                                 std::int32_t above, float scale, float slope, std::int32_t first, float unit, float defects,
                                 std::int32_t strip_pairs, float sharpening, float core, halide_buffer_t* matrix, halide_buffer_t* curve,
                                 float limit, float warp, halide_buffer_t* steps, float top, float offset, std::int32_t shift,
                                 halide_buffer_t* output);
using RenderPackedLiveKernel = int (*)(const void* context, halide_buffer_t* bytes, std::int32_t origin_x, std::int32_t origin_y,
                                       halide_buffer_t* levels, std::int32_t code_shift, halide_buffer_t* mesh, float mesh_first,
                                       float mesh_step, std::int32_t above, float scale, float slope, std::int32_t first, float unit,
                                       float defects, std::int32_t strip_pairs, float sharpening, float core, halide_buffer_t* matrix,
                                       halide_buffer_t* curve, float limit, float warp, halide_buffer_t* steps, float top, float offset,
                                       std::int32_t shift, std::int32_t bits, std::int32_t width, halide_buffer_t* output);
/// The same to NV12; with column begins[0] and row begins[1] of the region the picture begins, 0 or 1.
using RenderLiveVideoKernel = int (*)(const void* context, halide_buffer_t* mosaic, std::int32_t origin_x, std::int32_t origin_y,
                                      halide_buffer_t* levels, std::int32_t code_shift, halide_buffer_t* mesh, float mesh_first,
                                      float mesh_step, std::int32_t above, float scale, float slope, std::int32_t first, float unit,
                                      float defects, std::int32_t strip_pairs, float sharpening, float core, halide_buffer_t* matrix,
                                      halide_buffer_t* curve, float limit, float warp, halide_buffer_t* steps, float top, float offset,
                                      std::int32_t shift, halide_buffer_t* begins, halide_buffer_t* yuv_matrix, halide_buffer_t* red_rows,
                                      halide_buffer_t* blue_rows, halide_buffer_t* chroma);
using RenderPackedLiveVideoKernel = int (*)(const void* context, halide_buffer_t* bytes, std::int32_t origin_x, std::int32_t origin_y,
                                            halide_buffer_t* levels, std::int32_t code_shift, halide_buffer_t* mesh, float mesh_first,
                                            float mesh_step, std::int32_t above, float scale, float slope, std::int32_t first, float unit,
                                            float defects, std::int32_t strip_pairs, float sharpening, float core, halide_buffer_t* matrix,
                                            halide_buffer_t* curve, float limit, float warp, halide_buffer_t* steps, float top,
                                            float offset, std::int32_t shift, halide_buffer_t* begins, halide_buffer_t* yuv_matrix,
                                            std::int32_t bits, std::int32_t width, halide_buffer_t* red_rows, halide_buffer_t* blue_rows,
                                            halide_buffer_t* chroma);
/// The same to opponents (halide_gen/stages/opponent.h).
using RenderOpponentsKernel = int (*)(const void* context, halide_buffer_t* mosaic, std::int32_t origin_x, std::int32_t origin_y,
                                      halide_buffer_t* levels, std::int32_t code_shift, halide_buffer_t* mesh, float mesh_first,
                                      float mesh_step, std::int32_t above, float scale, float slope, std::int32_t first, float unit,
                                      float defects, std::int32_t strip_pairs, float lift, halide_buffer_t* others, float others_first,
                                      float others_step, halide_buffer_t* output);
/// A mosaic to linear light.
using RenderMosaicKernel = int (*)(const void* context, halide_buffer_t* mosaic, std::int32_t origin_x, std::int32_t origin_y,
                                   halide_buffer_t* levels, halide_buffer_t* mesh, float mesh_first, float mesh_step, float threshold,
                                   halide_buffer_t* first, halide_buffer_t* others, float others_first, float others_step, float defects,
                                   halide_buffer_t* output);
using ResizeKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* weights_x, halide_buffer_t* weights_y,
                             halide_buffer_t* start_x, halide_buffer_t* start_y, halide_buffer_t* output);
using WarpKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* mesh, float per_pixel, halide_buffer_t* weights,
                           halide_buffer_t* terms, halide_buffer_t* output);
using ColorTablesKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* matrix, halide_buffer_t* hue_sat,
                                  halide_buffer_t* look, std::int32_t hue_sat_kind, std::int32_t look_kind, float exposure,
                                  halide_buffer_t* output);
using FinishKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* matrix, halide_buffer_t* luminance, float black,
                             halide_buffer_t* curve, float limit, float warp, std::int32_t keeps_hue, halide_buffer_t* primaries,
                             halide_buffer_t* codes, halide_buffer_t* lut, halide_buffer_t* lut_domain, std::int32_t graded,
                             std::int32_t unbounded, halide_buffer_t* output);
using FinishDirectKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* matrix, halide_buffer_t* luminance,
                                   float black, halide_buffer_t* curve, float limit, float warp, halide_buffer_t* output);
/// `first_row`: of the picture that `linear` is a band of.
using FinishLocalKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* matrix, halide_buffer_t* luminance,
                                  float black, halide_buffer_t* curve, float limit, float warp, halide_buffer_t* luma,
                                  halide_buffer_t* coefficients, halide_buffer_t* table, halide_buffer_t* units, std::int32_t block,
                                  std::int32_t first_row, halide_buffer_t* output);
using OpponentSplitKernel = int (*)(const void* context, halide_buffer_t* linear, float lift, float unit, halide_buffer_t* output);
using DenoisePlanesKernel = int (*)(const void* context, halide_buffer_t* planes, halide_buffer_t* level, halide_buffer_t* threshold,
                                    float unit, float shot, float read, float lift, float reference, halide_buffer_t* output);
using JoinToLinearKernel = int (*)(const void* context, halide_buffer_t* luma, halide_buffer_t* differences, halide_buffer_t* smooth,
                                   float unit, float lift, float core, float shot, float read, float reference, float amount, float radius,
                                   float noise, halide_buffer_t* output);
using JoinToPictureKernel = int (*)(const void* context, halide_buffer_t* luma, halide_buffer_t* differences, halide_buffer_t* smooth,
                                    float unit, float lift, float core, float shot, float read, float reference, float amount, float radius,
                                    float noise, halide_buffer_t* matrix, halide_buffer_t* curve, float limit, float warp,
                                    halide_buffer_t* steps, float top, float offset, std::int32_t shift, halide_buffer_t* shares,
                                    halide_buffer_t* coefficients, halide_buffer_t* table, halide_buffer_t* units, std::int32_t block,
                                    halide_buffer_t* output);
using LocalToneLookKernel = int (*)(const void* context, halide_buffer_t* luma, std::int32_t block, std::int32_t step, std::int32_t radius,
                                    float variance, halide_buffer_t* linear, halide_buffer_t* log, halide_buffer_t* coefficients);
using LocalToneLookOpponentsKernel = int (*)(const void* context, halide_buffer_t* luma, std::int32_t block, std::int32_t step,
                                             std::int32_t radius, float variance, halide_buffer_t* opponent_luma,
                                             halide_buffer_t* differences, float unit, float lift, halide_buffer_t* log,
                                             halide_buffer_t* coefficients);
using LocalToneGainKernel = int (*)(const void* context, halide_buffer_t* linear, halide_buffer_t* luma, halide_buffer_t* coefficients,
                                    halide_buffer_t* table, halide_buffer_t* units, std::int32_t block, halide_buffer_t* output);
using YuvKernel = int (*)(const void* context, halide_buffer_t* picture, halide_buffer_t* matrix, halide_buffer_t* even_rows,
                          halide_buffer_t* odd_rows, halide_buffer_t* chroma);
using CorrectKernel = int (*)(const void* context, halide_buffer_t* mosaic, halide_buffer_t* dark, halide_buffer_t* rows,
                              halide_buffer_t* columns, halide_buffer_t* black, halide_buffer_t* clipped, std::int32_t green,
                              float green_strength, float green_threshold, float scale, halide_buffer_t* output);
using MeasureKernel = int (*)(const void* context, halide_buffer_t* samples, std::int32_t origin_x, std::int32_t origin_y,
                              halide_buffer_t* levels, halide_buffer_t* mesh, std::int32_t mesh_row, float fraction, float fraction_step,
                              halide_buffer_t* luma, std::int32_t columns, std::int32_t top, std::int32_t first, std::int32_t last,
                              std::int32_t histogram_step, halide_buffer_t* row_green, halide_buffer_t* sums, halide_buffer_t* histograms);

using MeasurePackedKernel = int (*)(const void* context, halide_buffer_t* bytes, std::int32_t origin_x, std::int32_t origin_y,
                                    halide_buffer_t* levels, halide_buffer_t* mesh, std::int32_t mesh_row, float fraction,
                                    float fraction_step, halide_buffer_t* luma, std::int32_t columns, std::int32_t top, std::int32_t first,
                                    std::int32_t last, std::int32_t histogram_step, std::int32_t bits, halide_buffer_t* row_green,
                                    halide_buffer_t* sums, halide_buffer_t* histograms);

/// One of each a form.
template <class Kernel>
struct RenderForms {
  Kernel u8, u16, linear;
};

struct LiveForms {
  RenderLiveKernel u8, linear16;
};

struct FinishForms {
  FinishKernel u8, u16, f32;
};

/// By the distance between patches: 2 or 4.
struct DenoiseSteps {
  DenoisePlanesKernel fine, coarse;
};

struct Kernels {
  LiveForms live;
  RenderPackedLiveKernel packed_live;  ///< bytes out alone, for live pictures: others unpack first
  RenderLiveVideoKernel live_video;
  RenderPackedLiveVideoKernel packed_live_video;
  RenderOpponentsKernel opponents;
  RenderMosaicKernel bayer;
  RenderForms<RenderKernel> planes;
  RenderMosaicKernel best_bayer, xtrans;  ///< xtrans: both of demosaic's methods
  RenderPackedKernel packed_planes;
  ResizeKernel resize;
  WarpKernel warp, warp_smooth;  ///< smooth: of meshes that hardly turn
  ColorTablesKernel color_tables;
  FinishForms finish;
  FinishDirectKernel finish_direct;  ///< 8 bits, one curve
  FinishLocalKernel finish_local;    ///< the same of pixels times the gains of their regions
  OpponentSplitKernel opponent_split;
  DenoiseSteps denoise_luma, denoise_color;  ///< color: in half size
  JoinToLinearKernel join_to_linear;
  JoinToPictureKernel join_to_picture;
  LocalToneLookKernel local_tone_look;
  LocalToneLookOpponentsKernel local_tone_look_opponents;
  LocalToneGainKernel local_tone_gain;
  YuvKernel yuv;
  CorrectKernel correct;
  MeasureKernel measure_bayer, measure_xtrans, measure_planes;
  MeasurePackedKernel measure_packed_bayer, measure_packed_planes;
};

const Kernels& kernels_for(CpuTarget target);

/// Kernels of linear light that store what lies between their stages (isp/stage_planes.h): for looking, so baseline instructions do.
struct StageKernels {
  RenderMosaicKernel bayer, best_bayer, xtrans;
  RenderKernel planes;
};

const StageKernels& stage_kernels();

}  // namespace argent
