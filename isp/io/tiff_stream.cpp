#include "isp/io/tiff_stream.h"

#include <cstdarg>
#include <cstdio>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// Offsets of plain TIFF have 32 bits; what is not pixels stays far below the margin.
constexpr std::uint64_t kMargin = std::uint64_t{16} << 20;
constexpr std::uint64_t kLargestClassic = (std::uint64_t{1} << 32) - kMargin;

/// What libtiff's callbacks see.
struct Sink {
  OutputFile& file;
  std::string message;
};

OutputFile& file_of(thandle_t handle) { return static_cast<Sink*>(handle)->file; }

int on_error(TIFF*, void* sink, const char*, const char* form, std::va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, form, arguments);
  std::string& message = static_cast<Sink*>(sink)->message;
  if (message.empty()) message = text;  // the first is the cause
  return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

tmsize_t on_read(thandle_t handle, void* bytes, tmsize_t size) { return file_of(handle).read(bytes, static_cast<std::size_t>(size)); }

tmsize_t on_write(thandle_t handle, void* bytes, tmsize_t size) {
  return file_of(handle).write(bytes, static_cast<std::size_t>(size)) ? size : -1;
}

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  return static_cast<toff_t>(file_of(handle).seek(static_cast<std::int64_t>(offset), whence));
}

toff_t on_size(thandle_t handle) { return static_cast<toff_t>(file_of(handle).size()); }

int on_close(thandle_t) { return 0; }

std::unique_ptr<TIFF, decltype(&TIFFClose)> open_tiff(Sink& sink, std::uint64_t pixel_bytes) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &sink);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, nullptr);
  const char* mode = pixel_bytes > kLargestClassic ? "w8m" : "wm";
  return {TIFFClientOpenExt("", mode, &sink, on_read, on_write, on_seek, on_close, on_size, nullptr, nullptr, options.get()), &TIFFClose};
}

double value_of(const Rational& rational) { return static_cast<double>(rational.numerator) / rational.denominator; }

}  // namespace

void write_tiff_file(OutputFile& file, std::uint64_t pixel_bytes, const std::function<bool(TIFF*)>& write) {
  Sink sink{file, {}};
  {
    const auto tiff = open_tiff(sink, pixel_bytes);
    if (tiff && !write(tiff.get()) && sink.message.empty()) sink.message = "could not write";
  }
  file.check();
  if (!sink.message.empty()) throw Error(file.path().string() + ": libtiff: " + sink.message);
}

bool begin_exif_directory(TIFF* tiff, const CaptureTags& tags) {
  if (TIFFCreateEXIFDirectory(tiff) != 0) return false;
  TIFFSetField(tiff, EXIFTAG_EXIFVERSION, "0230");
  if (tags.exposure) TIFFSetField(tiff, EXIFTAG_EXPOSURETIME, value_of(*tags.exposure));
  if (tags.f_number) TIFFSetField(tiff, EXIFTAG_FNUMBER, value_of(*tags.f_number));
  if (tags.focal_length) TIFFSetField(tiff, EXIFTAG_FOCALLENGTH, value_of(*tags.focal_length));
  if (tags.iso) TIFFSetField(tiff, EXIFTAG_ISOSPEEDRATINGS, 1, &*tags.iso);
  if (!tags.time.empty()) TIFFSetField(tiff, EXIFTAG_DATETIMEORIGINAL, tags.time.c_str());
  if (!tags.lens.empty()) TIFFSetField(tiff, EXIFTAG_LENSMODEL, tags.lens.c_str());
  return true;
}

std::uint64_t end_exif_directory(TIFF* tiff) {
  std::uint64_t offset = 0;
  if (TIFFWriteCustomDirectory(tiff, &offset) == 0) return 0;
  TIFFFreeDirectory(tiff);
  return TIFFCreateDirectory(tiff) == 0 ? offset : 0;
}

void set_capture_tags(TIFF* tiff, const CaptureTags& tags, std::uint64_t exif_offset) {
  if (!tags.make.empty()) TIFFSetField(tiff, TIFFTAG_MAKE, tags.make.c_str());
  if (!tags.model.empty()) TIFFSetField(tiff, TIFFTAG_MODEL, tags.model.c_str());
  if (!tags.time.empty()) TIFFSetField(tiff, TIFFTAG_DATETIME, tags.time.c_str());
  TIFFSetField(tiff, TIFFTAG_EXIFIFD, exif_offset);
}

}  // namespace argent
