import Testing
import Tokenizer
