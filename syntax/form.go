package syntax

// Param is one parameter of a function.
type Param struct {
	Key      string // the wire key
	Optional bool   // the key may be absent
	Lambda   bool   // the slot takes a lambda literal (or, for join, any expression)
	Null     bool   // the wire spells an absent argument as null, as in {"now": null}
	Variadic bool   // the shell takes any number of arguments here
}

// FormSpec says how a function is spelled: its shell name and its parameters, the
// first of which has the leading wire key.
type FormSpec struct {
	Name   string
	Params []Param
	Since  Version // the first API version that has it; zero is all
}

// FormOf returns the spelling of op.
func FormOf(op Op) *FormSpec { return &forms[op] }

var forms = [NumOps]FormSpec{
	// basic
	OpIf:    {Name: "If", Params: []Param{{Key: "if"}, {Key: "then"}, {Key: "else"}}},
	OpDo:    {Name: "Do", Params: []Param{{Key: "do", Variadic: true}}},
	OpCall:  {Name: "Call", Params: []Param{{Key: "call"}, {Key: "arguments", Optional: true, Variadic: true}}},
	OpAbort: {Name: "Abort", Params: []Param{{Key: "abort"}}},
	OpAt:    {Name: "At", Params: []Param{{Key: "at"}, {Key: "expr"}}},
	OpQuery: {Name: "Query", Params: []Param{{Key: "query", Lambda: true}}},

	// logic and comparison
	OpAnd:    {Name: "And", Params: []Param{{Key: "and", Variadic: true}}},
	OpOr:     {Name: "Or", Params: []Param{{Key: "or", Variadic: true}}},
	OpNot:    {Name: "Not", Params: []Param{{Key: "not"}}},
	OpEquals: {Name: "Equals", Params: []Param{{Key: "equals", Variadic: true}}},
	OpLT:     {Name: "LT", Params: []Param{{Key: "lt", Variadic: true}}},
	OpLTE:    {Name: "LTE", Params: []Param{{Key: "lte", Variadic: true}}},
	OpGT:     {Name: "GT", Params: []Param{{Key: "gt", Variadic: true}}},
	OpGTE:    {Name: "GTE", Params: []Param{{Key: "gte", Variadic: true}}},

	// paths
	OpSelect:        {Name: "Select", Params: []Param{{Key: "select"}, {Key: "from"}, {Key: "all", Optional: true}, {Key: "default", Optional: true}}},
	OpSelectAll:     {Name: "SelectAll", Params: []Param{{Key: "select_all"}, {Key: "from"}, {Key: "default", Optional: true}}},
	OpSelectAsIndex: {Name: "SelectAsIndex", Params: []Param{{Key: "select_as_index"}, {Key: "from"}, {Key: "default", Optional: true}}},
	OpContainsPath:  {Name: "ContainsPath", Since: V3, Params: []Param{{Key: "contains_path"}, {Key: "in"}}},
	OpContains:      {Name: "Contains", Params: []Param{{Key: "contains"}, {Key: "in"}}},
	OpContainsField: {Name: "ContainsField", Since: V3, Params: []Param{{Key: "contains_field"}, {Key: "in"}}},
	OpContainsValue: {Name: "ContainsValue", Since: V3, Params: []Param{{Key: "contains_value"}, {Key: "in"}}},

	// collections and objects
	OpMap:        {Name: "Map", Params: []Param{{Key: "map", Lambda: true}, {Key: "collection"}}},
	OpForeach:    {Name: "Foreach", Params: []Param{{Key: "foreach", Lambda: true}, {Key: "collection"}}},
	OpFilter:     {Name: "Filter", Params: []Param{{Key: "filter", Lambda: true}, {Key: "collection"}}},
	OpReduce:     {Name: "Reduce", Params: []Param{{Key: "reduce", Lambda: true}, {Key: "initial"}, {Key: "collection"}}},
	OpTake:       {Name: "Take", Params: []Param{{Key: "take"}, {Key: "collection"}}},
	OpDrop:       {Name: "Drop", Params: []Param{{Key: "drop"}, {Key: "collection"}}},
	OpPrepend:    {Name: "Prepend", Params: []Param{{Key: "prepend"}, {Key: "collection"}}},
	OpAppend:     {Name: "Append", Params: []Param{{Key: "append"}, {Key: "collection"}}},
	OpIsEmpty:    {Name: "IsEmpty", Params: []Param{{Key: "is_empty"}}},
	OpIsNonEmpty: {Name: "IsNonEmpty", Params: []Param{{Key: "is_nonempty"}}},
	OpMerge:      {Name: "Merge", Params: []Param{{Key: "merge"}, {Key: "with"}, {Key: "lambda", Optional: true, Lambda: true}}},

	// folds
	OpCount: {Name: "Count", Params: []Param{{Key: "count"}}},
	OpSum:   {Name: "Sum", Params: []Param{{Key: "sum"}}},
	OpMean:  {Name: "Mean", Params: []Param{{Key: "mean"}}},
	OpMin:   {Name: "Min", Params: []Param{{Key: "min", Variadic: true}}},
	OpMax:   {Name: "Max", Params: []Param{{Key: "max", Variadic: true}}},
	OpAny:   {Name: "Any", Params: []Param{{Key: "any"}}},
	OpAll:   {Name: "All", Params: []Param{{Key: "all"}}},

	// strings
	OpConcat:           {Name: "Concat", Params: []Param{{Key: "concat"}, {Key: "separator", Optional: true}}},
	OpCasefold:         {Name: "Casefold", Params: []Param{{Key: "casefold"}, {Key: "normalizer", Optional: true}}},
	OpRegexEscape:      {Name: "RegexEscape", Params: []Param{{Key: "regexescape"}}},
	OpStartsWith:       {Name: "StartsWith", Params: []Param{{Key: "startswith"}, {Key: "search"}}},
	OpEndsWith:         {Name: "EndsWith", Params: []Param{{Key: "endswith"}, {Key: "search"}}},
	OpContainsStr:      {Name: "ContainsStr", Params: []Param{{Key: "containsstr"}, {Key: "search"}}},
	OpContainsStrRegex: {Name: "ContainsStrRegex", Params: []Param{{Key: "containsstrregex"}, {Key: "pattern"}}},
	OpFindStr:          {Name: "FindStr", Params: []Param{{Key: "findstr"}, {Key: "find"}, {Key: "start", Optional: true}}},
	OpFindStrRegex:     {Name: "FindStrRegex", Params: []Param{{Key: "findstrregex"}, {Key: "pattern"}, {Key: "start", Optional: true}, {Key: "num_results", Optional: true}}},
	OpLength:           {Name: "Length", Params: []Param{{Key: "length"}}},
	OpLowerCase:        {Name: "LowerCase", Params: []Param{{Key: "lowercase"}}},
	OpUpperCase:        {Name: "UpperCase", Params: []Param{{Key: "uppercase"}}},
	OpTitleCase:        {Name: "TitleCase", Params: []Param{{Key: "titlecase"}}},
	OpTrim:             {Name: "Trim", Params: []Param{{Key: "trim"}}},
	OpLTrim:            {Name: "LTrim", Params: []Param{{Key: "ltrim"}}},
	OpRTrim:            {Name: "RTrim", Params: []Param{{Key: "rtrim"}}},
	OpNGram:            {Name: "NGram", Params: []Param{{Key: "ngram"}, {Key: "min", Optional: true}, {Key: "max", Optional: true}}},
	OpRepeat:           {Name: "Repeat", Params: []Param{{Key: "repeat"}, {Key: "number", Optional: true}}},
	OpReplaceStr:       {Name: "ReplaceStr", Params: []Param{{Key: "replacestr"}, {Key: "find"}, {Key: "replace"}}},
	OpReplaceStrRegex:  {Name: "ReplaceStrRegex", Params: []Param{{Key: "replacestrregex"}, {Key: "pattern"}, {Key: "replace"}, {Key: "first", Optional: true}}},
	OpSpace:            {Name: "Space", Params: []Param{{Key: "space"}}},
	OpSubString:        {Name: "SubString", Params: []Param{{Key: "substring"}, {Key: "start", Optional: true}, {Key: "length", Optional: true}}},
	OpFormat:           {Name: "Format", Params: []Param{{Key: "format"}, {Key: "values", Variadic: true}}},

	// numbers
	OpAdd:      {Name: "Add", Params: []Param{{Key: "add", Variadic: true}}},
	OpSubtract: {Name: "Subtract", Params: []Param{{Key: "subtract", Variadic: true}}},
	OpMultiply: {Name: "Multiply", Params: []Param{{Key: "multiply", Variadic: true}}},
	OpDivide:   {Name: "Divide", Params: []Param{{Key: "divide", Variadic: true}}},
	OpModulo:   {Name: "Modulo", Params: []Param{{Key: "modulo", Variadic: true}}},
	OpBitAnd:   {Name: "BitAnd", Params: []Param{{Key: "bitand", Variadic: true}}},
	OpBitOr:    {Name: "BitOr", Params: []Param{{Key: "bitor", Variadic: true}}},
	OpBitXor:   {Name: "BitXor", Params: []Param{{Key: "bitxor", Variadic: true}}},
	OpBitNot:   {Name: "BitNot", Params: []Param{{Key: "bitnot"}}},
	OpAbs:      {Name: "Abs", Params: []Param{{Key: "abs"}}},
	OpCeil:     {Name: "Ceil", Params: []Param{{Key: "ceil"}}},
	OpFloor:    {Name: "Floor", Params: []Param{{Key: "floor"}}},
	OpSign:     {Name: "Sign", Params: []Param{{Key: "sign"}}},
	OpSqrt:     {Name: "Sqrt", Params: []Param{{Key: "sqrt"}}},
	OpRound:    {Name: "Round", Params: []Param{{Key: "round"}, {Key: "precision", Optional: true}}},
	OpTrunc:    {Name: "Trunc", Params: []Param{{Key: "trunc"}, {Key: "precision", Optional: true}}},

	// trigonometry and logarithms
	OpAcos:    {Name: "Acos", Params: []Param{{Key: "acos"}}},
	OpAsin:    {Name: "Asin", Params: []Param{{Key: "asin"}}},
	OpAtan:    {Name: "Atan", Params: []Param{{Key: "atan"}}},
	OpCos:     {Name: "Cos", Params: []Param{{Key: "cos"}}},
	OpCosh:    {Name: "Cosh", Params: []Param{{Key: "cosh"}}},
	OpSin:     {Name: "Sin", Params: []Param{{Key: "sin"}}},
	OpSinh:    {Name: "Sinh", Params: []Param{{Key: "sinh"}}},
	OpTan:     {Name: "Tan", Params: []Param{{Key: "tan"}}},
	OpTanh:    {Name: "Tanh", Params: []Param{{Key: "tanh"}}},
	OpDegrees: {Name: "Degrees", Params: []Param{{Key: "degrees"}}},
	OpRadians: {Name: "Radians", Params: []Param{{Key: "radians"}}},
	OpExp:     {Name: "Exp", Params: []Param{{Key: "exp"}}},
	OpLn:      {Name: "Ln", Params: []Param{{Key: "ln"}}},
	OpLog:     {Name: "Log", Params: []Param{{Key: "log"}}},
	OpHypot:   {Name: "Hypot", Params: []Param{{Key: "hypot"}, {Key: "b", Optional: true}}},
	OpPow:     {Name: "Pow", Params: []Param{{Key: "pow"}, {Key: "exp", Optional: true}}},

	// refs and ids
	OpRef:              {Name: "Ref", Params: []Param{{Key: "ref"}, {Key: "id"}, {Key: "scope", Optional: true}}},
	OpDatabaseOf:       {Name: "Database", Params: []Param{{Key: "database"}, {Key: "scope", Optional: true}}},
	OpIndexOf:          {Name: "Index", Params: []Param{{Key: "index"}, {Key: "scope", Optional: true}}},
	OpClassOf:          {Name: "Class", Params: []Param{{Key: "class"}, {Key: "scope", Optional: true}}},
	OpCollectionOf:     {Name: "Collection", Params: []Param{{Key: "collection"}, {Key: "scope", Optional: true}}},
	OpFunctionOf:       {Name: "Function", Params: []Param{{Key: "function"}, {Key: "scope", Optional: true}}},
	OpRoleOf:           {Name: "Role", Params: []Param{{Key: "role"}, {Key: "scope", Optional: true}}},
	OpAccessProviderOf: {Name: "AccessProvider", Since: V4, Params: []Param{{Key: "access_provider"}, {Key: "scope", Optional: true}}},
	OpNewID:            {Name: "NewId", Params: []Param{{Key: "new_id", Null: true}}},
	OpNextID:           {Name: "NextId", Params: []Param{{Key: "next_id", Null: true}}},

	// native collections
	OpDatabases:       {Name: "Databases", Params: []Param{{Key: "databases", Null: true}}},
	OpIndexes:         {Name: "Indexes", Params: []Param{{Key: "indexes", Null: true}}},
	OpClasses:         {Name: "Classes", Params: []Param{{Key: "classes", Null: true}}},
	OpCollections:     {Name: "Collections", Params: []Param{{Key: "collections", Null: true}}},
	OpKeys:            {Name: "Keys", Params: []Param{{Key: "keys", Null: true}}},
	OpTokens:          {Name: "Tokens", Params: []Param{{Key: "tokens", Null: true}}},
	OpCredentials:     {Name: "Credentials", Params: []Param{{Key: "credentials", Null: true}}},
	OpFunctions:       {Name: "Functions", Params: []Param{{Key: "functions", Null: true}}},
	OpRoles:           {Name: "Roles", Params: []Param{{Key: "roles", Null: true}}},
	OpAccessProviders: {Name: "AccessProviders", Since: V4, Params: []Param{{Key: "access_providers", Null: true}}},

	// sets
	OpSingleton:    {Name: "Singleton", Params: []Param{{Key: "singleton"}}},
	OpEvents:       {Name: "Events", Params: []Param{{Key: "events"}}},
	OpDocuments:    {Name: "Documents", Params: []Param{{Key: "documents"}}},
	OpMatch:        {Name: "Match", Params: []Param{{Key: "match"}, {Key: "terms", Optional: true, Variadic: true}}},
	OpUnion:        {Name: "Union", Params: []Param{{Key: "union", Variadic: true}}},
	OpIntersection: {Name: "Intersection", Params: []Param{{Key: "intersection", Variadic: true}}},
	OpDifference:   {Name: "Difference", Params: []Param{{Key: "difference", Variadic: true}}},
	OpDistinct:     {Name: "Distinct", Params: []Param{{Key: "distinct"}}},
	OpRange:        {Name: "Range", Params: []Param{{Key: "range"}, {Key: "from"}, {Key: "to"}}},
	OpJoin:         {Name: "Join", Params: []Param{{Key: "join"}, {Key: "with"}}},
	OpReverse:      {Name: "Reverse", Params: []Param{{Key: "reverse"}}},

	// reads
	OpGet:           {Name: "Get", Params: []Param{{Key: "get"}, {Key: "ts", Optional: true}}},
	OpExists:        {Name: "Exists", Params: []Param{{Key: "exists"}, {Key: "ts", Optional: true}}},
	OpFirst:         {Name: "First", Since: V4, Params: []Param{{Key: "first"}}},
	OpLast:          {Name: "Last", Since: V4, Params: []Param{{Key: "last"}}},
	OpPaginate:      {Name: "Paginate", Params: []Param{{Key: "paginate"}, {Key: "ts", Optional: true}, {Key: "size", Optional: true}, {Key: "events", Optional: true}, {Key: "sources", Optional: true}, {Key: "after", Optional: true}, {Key: "before", Optional: true}, {Key: "cursor", Optional: true}}},
	OpKeyFromSecret: {Name: "KeyFromSecret", Params: []Param{{Key: "key_from_secret"}}},

	// writes
	OpCreate:               {Name: "Create", Params: []Param{{Key: "create"}, {Key: "params", Optional: true}}},
	OpUpdate:               {Name: "Update", Params: []Param{{Key: "update"}, {Key: "params", Optional: true}}},
	OpReplace:              {Name: "Replace", Params: []Param{{Key: "replace"}, {Key: "params", Optional: true}}},
	OpDelete:               {Name: "Delete", Params: []Param{{Key: "delete"}}},
	OpInsert:               {Name: "Insert", Params: []Param{{Key: "insert"}, {Key: "ts"}, {Key: "action"}, {Key: "params", Optional: true}}},
	OpRemove:               {Name: "Remove", Params: []Param{{Key: "remove"}, {Key: "ts"}, {Key: "action"}}},
	OpCreateCollection:     {Name: "CreateCollection", Params: []Param{{Key: "create_collection"}}},
	OpCreateClass:          {Name: "CreateClass", Params: []Param{{Key: "create_class"}}},
	OpCreateDatabase:       {Name: "CreateDatabase", Params: []Param{{Key: "create_database"}}},
	OpCreateIndex:          {Name: "CreateIndex", Params: []Param{{Key: "create_index"}}},
	OpCreateKey:            {Name: "CreateKey", Params: []Param{{Key: "create_key"}}},
	OpCreateFunction:       {Name: "CreateFunction", Params: []Param{{Key: "create_function"}}},
	OpCreateRole:           {Name: "CreateRole", Params: []Param{{Key: "create_role"}}},
	OpCreateAccessProvider: {Name: "CreateAccessProvider", Since: V4, Params: []Param{{Key: "create_access_provider"}}},
	OpMoveDatabase:         {Name: "MoveDatabase", Params: []Param{{Key: "move_database"}, {Key: "to"}}},

	// auth
	OpLogin:              {Name: "Login", Params: []Param{{Key: "login"}, {Key: "params"}}},
	OpLogout:             {Name: "Logout", Params: []Param{{Key: "logout"}}},
	OpIdentify:           {Name: "Identify", Params: []Param{{Key: "identify"}, {Key: "password"}}},
	OpCurrentIdentity:    {Name: "CurrentIdentity", Since: V4, Params: []Param{{Key: "current_identity", Null: true}}},
	OpIdentity:           {Name: "Identity", Params: []Param{{Key: "identity", Null: true}}},
	OpHasCurrentIdentity: {Name: "HasCurrentIdentity", Since: V4, Params: []Param{{Key: "has_current_identity", Null: true}}},
	OpHasIdentity:        {Name: "HasIdentity", Params: []Param{{Key: "has_identity", Null: true}}},
	OpCurrentToken:       {Name: "CurrentToken", Since: V4, Params: []Param{{Key: "current_token", Null: true}}},
	OpHasCurrentToken:    {Name: "HasCurrentToken", Since: V4, Params: []Param{{Key: "has_current_token", Null: true}}},

	// time and date
	OpTimeOf:       {Name: "Time", Params: []Param{{Key: "time"}}},
	OpNow:          {Name: "Now", Params: []Param{{Key: "now", Null: true}}},
	OpEpoch:        {Name: "Epoch", Params: []Param{{Key: "epoch"}, {Key: "unit"}}},
	OpDateOf:       {Name: "Date", Params: []Param{{Key: "date"}}},
	OpToMicros:     {Name: "ToMicros", Params: []Param{{Key: "to_micros"}}},
	OpToMillis:     {Name: "ToMillis", Params: []Param{{Key: "to_millis"}}},
	OpToSeconds:    {Name: "ToSeconds", Params: []Param{{Key: "to_seconds"}}},
	OpSecond:       {Name: "Second", Params: []Param{{Key: "second"}}},
	OpMinute:       {Name: "Minute", Params: []Param{{Key: "minute"}}},
	OpHour:         {Name: "Hour", Params: []Param{{Key: "hour"}}},
	OpDayOfMonth:   {Name: "DayOfMonth", Params: []Param{{Key: "day_of_month"}}},
	OpDayOfWeek:    {Name: "DayOfWeek", Params: []Param{{Key: "day_of_week"}}},
	OpDayOfYear:    {Name: "DayOfYear", Params: []Param{{Key: "day_of_year"}}},
	OpMonth:        {Name: "Month", Params: []Param{{Key: "month"}}},
	OpYear:         {Name: "Year", Params: []Param{{Key: "year"}}},
	OpTimeAdd:      {Name: "TimeAdd", Params: []Param{{Key: "time_add"}, {Key: "offset"}, {Key: "unit"}}},
	OpTimeSubtract: {Name: "TimeSubtract", Params: []Param{{Key: "time_subtract"}, {Key: "offset"}, {Key: "unit"}}},
	OpTimeDiff:     {Name: "TimeDiff", Params: []Param{{Key: "time_diff"}, {Key: "other"}, {Key: "unit"}}},

	// conversions
	OpToString:  {Name: "ToString", Params: []Param{{Key: "to_string"}}},
	OpToNumber:  {Name: "ToNumber", Params: []Param{{Key: "to_number"}}},
	OpToDouble:  {Name: "ToDouble", Params: []Param{{Key: "to_double"}}},
	OpToInteger: {Name: "ToInteger", Params: []Param{{Key: "to_integer"}}},
	OpToTime:    {Name: "ToTime", Params: []Param{{Key: "to_time"}}},
	OpToDate:    {Name: "ToDate", Params: []Param{{Key: "to_date"}}},
	OpToObject:  {Name: "ToObject", Params: []Param{{Key: "to_object"}}},
	OpToArray:   {Name: "ToArray", Params: []Param{{Key: "to_array"}}},

	// type checks
	OpIsNumber:      {Name: "IsNumber", Params: []Param{{Key: "is_number"}}},
	OpIsDouble:      {Name: "IsDouble", Params: []Param{{Key: "is_double"}}},
	OpIsInteger:     {Name: "IsInteger", Params: []Param{{Key: "is_integer"}}},
	OpIsBoolean:     {Name: "IsBoolean", Params: []Param{{Key: "is_boolean"}}},
	OpIsNull:        {Name: "IsNull", Params: []Param{{Key: "is_null"}}},
	OpIsBytes:       {Name: "IsBytes", Params: []Param{{Key: "is_bytes"}}},
	OpIsTimestamp:   {Name: "IsTimestamp", Params: []Param{{Key: "is_timestamp"}}},
	OpIsDate:        {Name: "IsDate", Params: []Param{{Key: "is_date"}}},
	OpIsUUID:        {Name: "IsUUID", Params: []Param{{Key: "is_uuid"}}},
	OpIsString:      {Name: "IsString", Params: []Param{{Key: "is_string"}}},
	OpIsArray:       {Name: "IsArray", Params: []Param{{Key: "is_array"}}},
	OpIsObject:      {Name: "IsObject", Params: []Param{{Key: "is_object"}}},
	OpIsRef:         {Name: "IsRef", Params: []Param{{Key: "is_ref"}}},
	OpIsSet:         {Name: "IsSet", Params: []Param{{Key: "is_set"}}},
	OpIsDoc:         {Name: "IsDoc", Params: []Param{{Key: "is_doc"}}},
	OpIsLambda:      {Name: "IsLambda", Params: []Param{{Key: "is_lambda"}}},
	OpIsCollection:  {Name: "IsCollection", Params: []Param{{Key: "is_collection"}}},
	OpIsDatabase:    {Name: "IsDatabase", Params: []Param{{Key: "is_database"}}},
	OpIsIndex:       {Name: "IsIndex", Params: []Param{{Key: "is_index"}}},
	OpIsFunction:    {Name: "IsFunction", Params: []Param{{Key: "is_function"}}},
	OpIsKey:         {Name: "IsKey", Params: []Param{{Key: "is_key"}}},
	OpIsToken:       {Name: "IsToken", Params: []Param{{Key: "is_token"}}},
	OpIsCredentials: {Name: "IsCredentials", Params: []Param{{Key: "is_credentials"}}},
	OpIsRole:        {Name: "IsRole", Params: []Param{{Key: "is_role"}}},
}
