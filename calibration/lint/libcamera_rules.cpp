#include "calibration/lint/libcamera_rules.h"

namespace argent {
namespace {

using enum RuleKind;
using enum LibcameraPipeline;

constexpr KeyRule kAgc[] = {{"AeMeteringMode", kMap},
                            {"AeMeteringMode/*", kAny},
                            {"AeConstraintMode", kMap},
                            {"AeConstraintMode/*", kMap},
                            {"AeConstraintMode/*/*", kMap},
                            {"AeConstraintMode/*/*/qLo", kNumber, 0, 1},
                            {"AeConstraintMode/*/*/qHi", kNumber, 0, 1},
                            {"AeConstraintMode/*/*/yTarget", kAny},
                            {"AeExposureMode", kMap},
                            {"AeExposureMode/*", kMap},
                            {"AeExposureMode/*/exposureTime", kNumbers, 0},
                            {"AeExposureMode/*/shutter", kNumbers, 0},
                            {"AeExposureMode/*/gain", kNumbers, 1},
                            {"relativeLuminanceTarget", kAny}};

constexpr KeyRule kAwb[] = {
    {"algorithm", kText},   {"colourGains", kRows},     {"colourGains/ct", kNumber},   {"colourGains/gains", kNumbers},
    {"AwbMode", kMap},      {"AwbMode/*", kMap},        {"AwbMode/*/lo", kNumber},     {"AwbMode/*/hi", kNumber},
    {"priors", kRows},      {"priors/lux", kNumber, 0}, {"priors/ct", kNumbers},       {"priors/probability", kNumbers},
    {"currentCt", kNumber}, {"speed", kNumber, 0, 1},   {"transversePos", kNumber, 0}, {"transverseNeg", kNumber, 0}};

constexpr KeyRule kCcm[] = {{"ccms", kRows}, {"ccms/ct", kNumber}, {"ccms/ccm", kNumbers}, {"ccms/offsets", kNumbers}};
constexpr KeyRule kBlackLevel[] = {{"blackLevel", kWhole, 0, 32767}};
constexpr KeyRule kBlackLevelCorrection[] = {
    {"R", kWhole, 0, 32767},          {"Gr", kWhole, 0, 32767},         {"Gb", kWhole, 0, 32767},         {"B", kWhole, 0, 32767},
    {"offset00", kWhole, 0, 1048575}, {"offset01", kWhole, 0, 1048575}, {"offset10", kWhole, 0, 1048575}, {"offset11", kWhole, 0, 1048575}};
constexpr KeyRule kAdjust[] = {{"gamma", kNumber, 0.1, 10}, {"contrast", kNumber, 0, 10}, {"saturation", kNumber, 0, 10}};

constexpr KeyRule kLensShading[] = {{"type", kText},      {"x-size", kNumbers, 0},    {"y-size", kNumbers, 0},   {"sets", kRows},
                                    {"sets/ct", kNumber}, {"sets/resolution", kText}, {"sets/r", kAny},          {"sets/gr", kAny},
                                    {"sets/gb", kAny},    {"sets/b", kAny},           {"sets/sensorCrop", kAny}, {"sensorCrop", kAny}};
constexpr KeyRule kLsc[] = {{"meshScale", kWhole, 0, 15}, {"meshSize", kWhole, 1, 32},  {"sets", kRows},
                            {"sets/ct", kNumber},         {"sets/r", kNumbers, 0, 255}, {"sets/g", kNumbers, 0, 255},
                            {"sets/b", kNumbers, 0, 255}};
constexpr KeyRule kLinearization[] = {{"x-intervals", kNumbers, 0, 15},
                                      {"y", kMap},
                                      {"y/red", kNumbers, 0, 4095},
                                      {"y/green", kNumbers, 0, 4095},
                                      {"y/blue", kNumbers, 0, 4095}};
constexpr KeyRule kGammaOut[] = {{"gamma", kNumber, 0.1, 10}};
constexpr KeyRule kLux[] = {{"referenceExposureTime", kNumber, 1, 1e9},
                            {"referenceAnalogueGain", kNumber, 0.01, 10'000},
                            {"referenceDigitalGain", kNumber, 0.01, 10'000},
                            {"referenceY", kNumber, 0.001, 65535},
                            {"referenceLux", kNumber, 0.001, 1e6}};
constexpr KeyRule kOpen[] = {{"*", kAny}};

const LibcameraAlgorithm kAlgorithms[] = {{"Agc", kAgc, {}},
                                          {"Awb", kAwb, {}},
                                          {"Ccm", kCcm, {kSimple, kRkisp1}},
                                          {"BlackLevel", kBlackLevel, {kSimple}},
                                          {"Lut", kAdjust, {kSimple}},
                                          {"Adjust", kAdjust, {kSimple}},
                                          {"BlackLevelCorrection", kBlackLevelCorrection, {kRkisp1, kMaliC55, kIpu3}},
                                          {"LensShadingCorrection", kLensShading, {kRkisp1}},
                                          {"GammaSensorLinearization", kLinearization, {kRkisp1}},
                                          {"GammaOutCorrection", kGammaOut, {kRkisp1}},
                                          {"ColorProcessing", kOpen, {kRkisp1}},
                                          {"CompandingCurve", kOpen, {kRkisp1}},
                                          {"Compress", kOpen, {kRkisp1}},
                                          {"DefectPixelClusterCorrection", kOpen, {kRkisp1}},
                                          {"Dpf", kOpen, {kRkisp1}},
                                          {"Filter", kOpen, {kRkisp1}},
                                          {"Lux", kLux, {kRkisp1}},
                                          {"Wdr", kOpen, {kRkisp1}},
                                          {"Lsc", kLsc, {kMaliC55}},
                                          {"Af", kOpen, {kIpu3}},
                                          {"ToneMapping", kOpen, {kIpu3}}};

}  // namespace

std::span<const LibcameraAlgorithm> libcamera_algorithms() { return kAlgorithms; }

}  // namespace argent
