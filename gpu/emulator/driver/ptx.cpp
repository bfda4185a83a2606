#include "ptx.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace emulated {

namespace {

// Words, numbers and single punctuation marks; comments left out. A word may hold '.', '_', '$' and '%'.
std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || (c && std::strchr("._$%", c)); };
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text.compare(i, 2, "/*") == 0) {
      std::size_t end = text.find("*/", i);
      i = end == std::string::npos ? text.size() : end + 2;
    } else if (std::isspace(static_cast<unsigned char>(text[i]))) {
      i++;
    } else if (is_word(text[i])) {
      std::size_t start = i;
      while (i < text.size() && is_word(text[i])) i++;
      tokens.push_back(text.substr(start, i - start));
    } else if (std::isprint(static_cast<unsigned char>(text[i]))) {
      tokens.push_back(std::string(1, text[i++]));
    } else {
      throw std::invalid_argument("byte " + std::to_string(i) +
                                  " of the PTX is no printable character: is the trailing NUL missing?");
    }
  }
  return tokens;
}

class Parser {
 public:
  explicit Parser(const std::string& text) : tokens_(tokens_of(text)) {}

  PtxModule parse() {
    PtxModule module;
    while (at_ < tokens_.size()) {
      const std::string token = next();
      int major = 0, minor = 0;
      if (token == ".version") {
        if (std::sscanf(next().c_str(), "%d.%d", &major, &minor) != 2) fail("no number follows .version");
        module.version = major * 10 + minor;
      } else if (token == ".target") {
        if (std::sscanf(next().c_str(), "sm_%d", &module.target) != 1) fail("no sm_ number follows .target");
      } else if (token == ".entry") {
        std::string name = next();
        module.entries[name] = entry();
      } else if (token == ".extern") {
        while (next() != ";") {
        }
      } else if (token == ".shared") {
        module.function_shared_bytes += shared_variable();
      } else if (token == "{") {
        skip_body(module.function_shared_bytes);
      } else if (token == "}") {
        fail("a brace closes that was not opened");
      }
    }
    if (module.version == 0) fail("it has no .version");
    if (module.target == 0) fail("it has no .target");
    return module;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw std::invalid_argument("the PTX is malformed: " + what); }

  const std::string& next() {
    if (at_ >= tokens_.size()) fail("it ends too early");
    return tokens_[at_++];
  }

  std::size_t number() { return std::stoul(next()); }

  // ".u64" -> 8
  static std::size_t bytes_of_type(const std::string& type) {
    std::size_t digits = type.find_first_of("0123456789");
    return digits == std::string::npos ? 0 : std::stoul(type.substr(digits)) / 8;
  }

  PtxEntry entry() {
    PtxEntry entry;
    if (next() == "(") {
      while (next() == ".param") entry.parameter_bytes.push_back(parameter());
    } else {
      at_--;
    }
    while (true) {
      const std::string token = next();
      if (token == "{") break;
      if (token == ".maxntid" || token == ".reqntid") entry.max_threads = bounds();
    }
    skip_body(entry.shared_bytes);
    return entry;
  }

  // .align 8 .b8 name[48]  or  .u64 .ptr .global .align 4 name  or  .f32 name; stops behind ',' or before ')'.
  std::size_t parameter() {
    std::size_t bytes = 0;
    while (true) {
      const std::string token = next();
      if (token == ",") return bytes;
      if (token == ")") {
        at_--;
        return bytes;
      }
      if (token == ".align") {
        next();
      } else if (token == "[") {
        bytes *= number();
      } else if (bytes == 0 && token.size() > 2 && token[0] == '.' && std::isdigit(token[2])) {
        bytes = bytes_of_type(token);
      }
    }
  }

  unsigned bounds() {
    std::size_t threads = number();
    while (at_ < tokens_.size() && tokens_[at_] == ",") {
      next();
      threads *= number();
    }
    return static_cast<unsigned>(threads);
  }

  // Up to the brace that closes the body; adds the shared variables in it.
  void skip_body(std::size_t& shared_bytes) {
    for (int depth = 1; depth > 0;) {
      const std::string token = next();
      if (token == "{") depth++;
      if (token == "}") depth--;
      if (token == ".shared") shared_bytes += shared_variable();
    }
  }

  // .align 4 .b8 name[1024];
  std::size_t shared_variable() {
    std::size_t bytes = 0;
    for (std::string part = next(); part != ";"; part = next()) {
      if (part == "[") {
        bytes *= number();
      } else if (part[0] == '.' && bytes == 0) {
        bytes = bytes_of_type(part);
      }
    }
    return bytes;
  }

  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

// A process loads the same text over and over: what was parsed last is kept. Callers hold the lock of the API.
PtxModule parse_ptx(const std::string& text) {
  static std::string parsed_text;
  static PtxModule parsed;
  if (parsed_text.empty() || parsed_text != text) {
    parsed = Parser(text).parse();
    parsed_text = text;
  }
  return parsed;
}

}  // namespace emulated
