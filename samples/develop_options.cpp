#include "samples/develop_options.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"
#include "samples/rect_text.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent develop IMG_5952.CR2                     IMG_5952.png beside it
  argent develop IMG_5952.CR2 -o picture.jpg      the name says the format
  argent develop ~/photos -o developed/ --format jpeg --resize 1600x1600
  argent develop '2024*/*.NEF' -o out/ --wb 5500 --exposure 0.5 --json
  argent develop mosaic.raw --size 1920x1080 --cfa bggr --bits 12 -o mosaic.png
  argent develop IMG_5952.CR2 --wb-box 2100,900,80,80 --crop 400,300,1600,1200 --write-sidecar
  argent develop IMG_5952.CR2 -o linear.tiff --linear --color camera
  argent develop IMG_5952.CR2 --preset best --dump-stages stages/   where does it go wrong

x.exr holds linear light in sRGB's primaries that is not clipped at 1 (--linear goes without saying): half floats,
or floats with --bit-depth 32. x.y4m is one frame of video, 4:2:0 with 8 bits; -o - writes it to stdout.

What a file does not know is not guessed in silence; one line on stderr says what is used instead:
  no white balance    --wb auto
  no color matrix     --color camera
  no metering         --exposure auto

Settings, from the weakest to the strongest: defaults, --profile, -p files in their order, the photo's sidecar
(PHOTO.CR2.argent.yaml or PHOTO.argent.yaml beside it), --preset, the options here and --set. A settings file:
  preset: best
  tone: {contrast: 1.3}               any parameter of the list below
  develop: {wb: 5200, tint: 10}       wb tint exposure color lut lens focal encoding crop rotate
                                      flip resize
--write-sidecar writes all that was used, with ranges and meanings; edit it, and develop again: same bytes when
nothing was changed. How a picture is stored (-o, --format, --bit-depth, --quality) is not part of it.

--linear has no tone curve. With --color camera the file holds
  (sensor - black) / (white - black) x gains,
demosaiced, clipped at 0 and 1, and nothing else: gains as given by --wb, not normalised; no metering and
no BaselineExposure. An --exposure given as well multiplies by 2^EV. TIFF keeps 16 bits.

Coming from dcraw or dcraw_emu:
  -w                  --wb camera (the default)
  -a                  --wb auto
  -r R G B G          --wb R,G,B
  -A X Y W H          --wb-box X,Y,W,H
  -o 0|1|8            --color camera|srgb|rec2020: there -o is the color space, here it names the output
  -O FILE             -o FILE
  -q N                --preset live|balanced|best: all demosaic along edges, best takes its time
  -H N                nothing to say: clipped highlights are never magenta
  -b N                --exposure EV (EV = log2 N); -W is the default: nothing is stretched
  -6                  --bit-depth 16
  -4                  --linear --bit-depth 16
  -T                  -o FILE.tiff, or --format tiff
  -h                  --half (here -h is the help)
  -k N, -S N          --black N, --white N for mosaics; a --profile for cameras
  -C R B              --set geometry.ca_red=R --set geometry.ca_blue=B
  -t N                --rotate N (the camera's own orientation is always baked into the pixels)
  -v                  --verbose

Exit status: 0 all developed, 1 some or all failed, 2 the command line is wrong.
)";

ImageFormat format_from_name(const std::string& name) {
  for (const ImageFormat format : {ImageFormat::kTiff, ImageFormat::kJpeg, ImageFormat::kExr, ImageFormat::kY4m}) {
    if (name == name_of(format)) return format;
  }
  return ImageFormat::kPng;  // no other name passes the check
}

void add_output_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Output";
  app.add_option("-o,--output", options.output.output,
                 "picture, or folder for several (made when missing);\nends in / for a folder; default: beside each input")
      ->type_name("FILE|DIR")
      ->group(group);
  app.add_option_function<std::string>(
         "--format", [&](const std::string& name) { options.output.format = format_from_name(name); },
         "png (default), tiff, jpeg, exr or y4m, for pictures in folders")
      ->check(CLI::IsMember({"png", "tiff", "jpeg", "exr", "y4m"}).description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_flag_callback(
         "--overwrite", [&] { options.output.overwrite = Overwrite::kYes; }, "replace pictures that exist")
      ->group(group);
  app.add_option_function<int>(
         "--bit-depth", [&](const int& bits) { options.bit_depth = bits; }, "8 or 16 (default: TIFF 16, others 8); EXR: 16 or 32")
      ->check(CLI::IsMember({8, 16, 32}).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--quality", options.jpeg_quality, "of JPEG, 1 to 100 (default 92)")
      ->check(CLI::Range(1, 100).description(""))
      ->type_name("N")
      ->group(group);
}

/// An option that stands for an assignment: what it says is checked by `check` at once, and wins over all files.
template <class Check>
CLI::Option* add_word(CLI::App& app, DevelopOptions& options, const std::string& name, const char* key, Check check, const char* meaning) {
  return app
      .add_option_function<std::string>(
          name,
          [&options, name, key, check](const std::string& text) {
            options.input.assignments.push_back({std::string("develop.") + key + "=" + check(text), name});
          },
          meaning)
      ->group("Picture");
}

/// The same without a value.
CLI::Option* add_fixed_word(CLI::App& app, DevelopOptions& options, const std::string& name, const char* assignment, const char* meaning) {
  return app
      .add_flag_callback(
          name,
          [&options, name, assignment] {
            options.input.assignments.push_back({assignment, name});
          },
          meaning)
      ->group("Picture");
}

std::string any(const std::string& text) { return text; }

void add_balance_options(CLI::App& app, DevelopOptions& options) {
  const auto balance = [](const std::string& text) {
    white_balance_from_text(text);
    return text;
  };
  CLI::Option* by_word = add_word(app, options, "--wb", "wb", balance,
                                  "white balance: camera (default), auto, multipliers\nas 2.0,1,1.6 or a temperature as 5500")
                             ->type_name("camera|auto|R,G,B|KELVIN");
  const auto box = [](const std::string& text) { return "box " + to_text(rect_from_text(text, "--wb-box")); };
  add_word(app, options, "--wb-box", "wb", box, "what is grey, in pixels of the whole picture (coordinates\nas of --crop)")
      ->type_name("X,Y,W,H")
      ->excludes(by_word);
  add_word(app, options, "--tint", "tint", any, "more magenta, below 0 greener, -150 to 150: Adobe's unit,\n3000 times the light's Duv")
      ->type_name("N");
}

void add_video_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Output";
  app.add_option_function<std::string>(
         "--matrix",
         [&](const std::string& name) {
           options.yuv.matrix = name == "bt601" ? YuvMatrix::kBt601 : name == "bt2020" ? YuvMatrix::kBt2020 : YuvMatrix::kBt709;
         },
         "of y4m: bt709 (default), bt601 or bt2020; the primaries\nstay sRGB's")
      ->check(CLI::IsMember({"bt601", "bt709", "bt2020"}).description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_option_function<std::string>(
         "--range", [&](const std::string& name) { options.yuv.range = name == "full" ? YuvRange::kFull : YuvRange::kLimited; },
         "of y4m: limited (default, 16 to 235) or full")
      ->check(CLI::IsMember({"limited", "full"}).description(""))
      ->type_name("NAME")
      ->group(group);
}

void add_size_options(CLI::App& app, DevelopOptions& options) {
  const auto resize = [](const std::string& text) {
    resize_from_text(text);
    return text;
  };
  CLI::Option* to_size =
      add_word(app, options, "--resize", "resize", resize, "largest picture inside WxH, or percent")->type_name("WxH|N%");
  add_fixed_word(app, options, "--half", "develop.resize=50%", "half the width and height")->excludes(to_size);
  const auto crop = [](const std::string& text) {
    return text == "camera" || text == "full" ? text : to_text(rect_from_text(text, "--crop"));
  };
  add_word(app, options, "--crop", "crop", crop,
           "camera (default), full: the whole active area, or a part\nin pixels of the picture as it is turned, before --resize")
      ->type_name("NAME|X,Y,W,H");
  add_word(app, options, "--rotate", "rotate", any,
           "clockwise, after the camera's own turn; what isn't a quarter turn\nis cropped to the largest picture of its shape inside")
      ->type_name("DEGREES");
  add_word(app, options, "--flip", "flip", any, "horizontal (left for right) or vertical, after the turn")
      ->check(CLI::IsMember({"none", "horizontal", "vertical"}).description(""))
      ->type_name("NAME");
}

void add_picture_options(CLI::App& app, DevelopOptions& options) {
  add_balance_options(app, options);
  const auto exposure = [](const std::string& text) {
    exposure_from_text(text);
    return text;
  };
  add_word(app, options, "--exposure", "exposure", exposure,
           "EV brighter than metered, or auto: our own metering\n(default: what the camera metered)")
      ->type_name("EV|auto");
  add_word(app, options, "--color", "color", any,
           "srgb (default), p3 (Display P3), rec2020, rec2100-pq (16 bits),\neach with its ICC profile, or camera: no matrix")
      ->check(CLI::IsMember({"srgb", "p3", "rec2020", "rec2100-pq", "camera"}).description(""))
      ->type_name("NAME");
  add_word(app, options, "--lens", "lens", any,
           "lensfun's correction of distortion, color and falloff: off,\nauto (the file's lens, if it is certain) or a name\n(default: "
           "off; auto with --preset balanced and best)")
      ->type_name("off|auto|NAME");
  add_word(app, options, "--focal", "focal", any, "focal length for --lens, where the file says none")->type_name("MM");
  add_word(app, options, "--lut", "lut", any, "3D LUT on the finished picture, in the numbers of --color")->type_name("FILE.cube");
  add_fixed_word(app, options, "--linear", "develop.encoding=linear", "no tone curve, proportional to light (formula below)");
  app.add_option("--preset", options.input.preset,
                 "speed against quality: live (default), balanced\n(noise reduction, sharpening, local tone) or best")
      ->check(CLI::IsMember({"live", "balanced", "best"}).description(""))
      ->type_name("NAME")
      ->group("Picture");
}

void add_settings_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Settings";
  app.add_flag_callback(
         "--no-sidecar", [&] { options.sidecars = Sidecars::kIgnore; },
         "ignore PHOTO.CR2.argent.yaml and PHOTO.argent.yaml\nbeside the photo")
      ->group(group);
  app.add_flag("--write-sidecar", options.write_sidecar, "write what was used to PHOTO.CR2.argent.yaml")->group(group);
  app.add_option("--save-settings", options.save_settings, "write what was used for the one photo to a file for -p")
      ->type_name("FILE.yaml")
      ->group(group);
}

void add_report_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Report";
  app.add_flag("--json", options.json, "one object a file on stdout: settings, decision,\nstatistics, times")->group(group);
  app.add_option("--dump-stages", options.dump_stages,
                 "every intermediate of the one photo as a 16-bit PNG in a\nnew or empty folder, and stages.txt: a table of their values")
      ->type_name("DIR")
      ->group(group);
  CLI::Option* verbose =
      app.add_flag_callback(
             "-v,--verbose", [&] { options.verbosity = Verbosity::kVerbose; }, "what was seen, decided and used, and the times")
          ->group(group);
  app.add_flag_callback(
         "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "only errors and warnings")
      ->excludes(verbose)
      ->group(group);
}

}  // namespace

void add_develop_options(CLI::App& app, DevelopOptions& options) {
  add_input_options(app, options.input);
  add_reference_frame_options(app, options.reference_frames);
  add_output_options(app, options);
  add_video_options(app, options);
  add_picture_options(app, options);
  add_size_options(app, options);
  add_settings_options(app, options);
  add_report_options(app, options);
  app.footer([] { return kExamples + std::string("\nParameters for --set, with their defaults:\n") + settable_parameters(); });
}

Resize resize_from_text(const std::string& text, std::string_view source) {
  const auto fail = [&] { throw Error(source, " ", in_quotes(text), ": expected WxH, or 1% to 400%"); };
  Resize resize;
  if (!text.ends_with('%')) {
    try {
      resize.fit = size_from_text(text);
    } catch (const Error&) {
      fail();
    }
    return resize;
  }
  float percent = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [rest, failure] = std::from_chars(text.data(), end, percent);
  if (failure != std::errc() || rest != end || !(percent >= 1 && percent <= 400)) fail();
  resize.scale = percent / 100;
  return resize;
}

PixelType pixel_type_of(const DevelopOptions& options, ImageFormat format) {
  const bool exr = format == ImageFormat::kExr;
  const int bits = options.bit_depth.value_or(exr || format == ImageFormat::kTiff ? 16 : 8);
  if (bits == 16 && format == ImageFormat::kJpeg) throw UsageError("--bit-depth 16: JPEG has 8 bits, choose PNG or TIFF");
  if (bits != 8 && format == ImageFormat::kY4m) throw UsageError("--bit-depth ", bits, ": y4m has 8 bits here");
  if (exr && bits == 8) throw UsageError("--bit-depth 8: OpenEXR has halfs of 16 bits and floats of 32");
  if (!exr && bits == 32) throw UsageError("--bit-depth 32: only OpenEXR has floats, choose a name that ends in .exr");
  if (exr) return PixelType::kF32;
  return bits == 16 ? PixelType::kU16 : PixelType::kU8;
}

OutputParams output_params_of(const DevelopChoices& choices, PixelType type) {
  OutputParams params;
  params.type = type;
  params.encoding = choices.encoding;
  params.color = choices.color;
  params.scale = choices.scale;
  params.fit = choices.fit;
  params.whole_active_area = choices.whole_active_area;
  params.crop = choices.crop;
  return params;
}

}  // namespace argent
